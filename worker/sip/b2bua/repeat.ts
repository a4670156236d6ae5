import type { Header, SipRequest } from '../message'
import type { Leg } from './state'
import type { Turn } from './turn'

/** RFC 3261 §8.1.1.5, as it stands in what an answer repeats of its request. */
function cseqOf(echo: readonly Header[]): { number: number; method: string } {
  const [number, method = ''] = (echo.find(([name]) => name === 'cseq')?.[1] ?? '').trim().split(/\s+/)
  return { number: Number(number), method }
}

/**
 * The last final answer a phone was given, so that a request which comes again over a new socket is answered as before. A 2xx to
 * an INVITE is repeated until its ACK anyway.
 */
export function keepAnswer(leg: Leg, echo: readonly Header[], status: number, text: string): void {
  const { number, method } = cseqOf(echo)
  if (status < 200 || method === 'CANCEL' || number !== leg.remoteSeq || (method === 'INVITE' && status < 300)) return
  leg.answered = { cseq: number, method, text }
}

/**
 * A phone whose socket died says again what it did not hear answered (PHONE-8): what is under way goes on, what was answered is
 * answered the same. False: it is no repetition, but out of order.
 */
export function repeats(turn: Turn, leg: Leg, { method, cseq }: SipRequest): boolean {
  if (method === 'INVITE' && leg.ok?.cseq === cseq.number) {
    turn.send(leg, leg.ok.text)
    return true
  }
  if (leg.answered?.cseq === cseq.number && leg.answered.method === method) {
    turn.send(leg, leg.answered.text)
    return true
  }
  if (method === 'INVITE' && leg.asked?.cseq === cseq.number) return true
  return turn.state.pending.some(
    (one) =>
      one.kind === 'relay' && one.from === leg.n && one.method === method && cseqOf(one.echo).number === cseq.number,
  )
}
