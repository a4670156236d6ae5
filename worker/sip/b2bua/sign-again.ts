import { isTrunk } from '../../carriers/trunk'
import type { SipResponse } from '../message'
import { challengeLines } from '../trunk/signed'
import { TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/** What was asked within a dialog, for an SBC that wants credentials for it. */
export type Unsigned = {
  branch: string
  cseq: number
  method: string
  body?: string
  contentType?: string
  headers: string[]
}

/** A BYE and what was asked before it. */
const MOST = 4

/** Of a trunk's leg: kept until it is answered; its INVITE is made anew by `answerChallenge`. */
export function keepUnsigned(leg: Leg, sent: Unsigned): void {
  if (!isTrunk(leg.aor) || leg.state === 'early' || sent.method === 'ACK' || sent.method === 'CANCEL') return
  leg.unsigned = [...(leg.unsigned ?? []), sent].slice(-MOST)
}

/**
 * RFC 3261 §22.2, within a dialog: a challenged request is asked once more under the next CSeq; the trunk's room, which alone knows the
 * password, puts the credentials in. True: it was; what waits for the answer waits for that one.
 */
export function signAgain(turn: Turn, leg: Leg, response: SipResponse): boolean {
  const { status } = response
  if (status < 200) return false
  const { branch } = response.via
  const sent = leg.unsigned?.find((one) => one.branch === branch)
  if (!sent) return false
  leg.unsigned = leg.unsigned!.filter((one) => one !== sent)
  if (status !== 401 && status !== 407) return false
  const { method, body, contentType, headers } = sent
  const challenges = challengeLines(status, response.all(status === 407 ? 'proxy-authenticate' : 'www-authenticate'))
  if (challenges.length === 0) return false
  if (method === 'INVITE') turn.ackRefusal(leg, sent.branch, response)
  const again = turn.request(leg, method, {
    headers: [...headers, ...challenges],
    ...(body ? { body } : {}),
    ...(contentType ? { contentType } : {}),
  })
  // once: a second challenge is the refusal
  leg.unsigned = leg.unsigned.filter((one) => one.branch !== again.branch)
  const { pending } = turn.state
  const waits = pending.find((one) => one.branch === sent.branch)
  if (waits) {
    turn.clearTimer(`tx:${waits.branch}`)
    Object.assign(waits, { branch: again.branch, cseq: again.cseq })
    turn.setTimer(`tx:${waits.branch}`, turn.now + TRANSACTION_MS)
  }
  return true
}
