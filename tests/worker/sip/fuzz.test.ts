import { expect, it, vi } from 'vitest'
import type { Heard } from '#tests/support/sip-agent'
import { SDP } from '#tests/support/sip-agent'
import { octets, SipFuzzer } from '#tests/support/sip-fuzzer'
import { Seeded } from '#tests/support/seeded'
import { tortureMessages } from '#tests/support/torture-messages'
import torture from '../../fixtures/sip/rfc4475.txt?raw'
import { judge } from '#worker/sip/gate'
import { parseMessage, type SipMessage } from '#worker/sip/message'
import { register, type Held } from '#worker/sip/registrar'
import { readSubscribe } from '#worker/sip/subscribe'
import { echoOf, refusalOf, writeResponse } from '#worker/sip/write'
import { Bench, request, response } from './bench'
import { invite } from './messages'

/** FUZZ_SEED=7 runs that seed again. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const ALICE = { userId: 'alice', username: 'alice', extension: '101' }
const WHOLE = /^SIP\/2\.0 \d{3} [^\r\n]*(?:\r\n[^\r\n]+)+\r\n\r\n$/

const ofAlice = ['REGISTER', 'INVITE', 'OPTIONS', 'CANCEL', 'MESSAGE', 'SUBSCRIBE'].map((method) =>
  octets(request(method, { callId: 'c9', cseq: 1, to: '<sip:alice@x>', body: method === 'INVITE' ? SDP('a') : '' })),
)

// behind everything else, on a busy machine, they take a minute
vi.setConfig({ testTimeout: 120_000 })

it('[SIP-6] 50,000 broken messages: none throws, each is read, refused in a whole response, or dropped', () => {
  const corpus = [...tortureMessages(torture).map(({ bytes }) => bytes), octets(invite()), ...ofAlice]
  const fuzzer = new SipFuzzer(new Seeded(SEED), corpus)
  const seen = { read: 0, refused: 0, dropped: 0, registered: 0 }
  let held: Held<string>[] = []
  for (let n = 0; n < 50_000; n++) {
    const broken = fuzzer.next()
    const parsed = parseMessage(broken)
    if (parsed.ok) {
      seen.read++
      held = use(parsed.message, held, n)
      continue
    }
    const refusal = refusalOf(parsed.malformed)
    if (refusal === null) seen.dropped++
    else {
      seen.refused++
      if (!WHOLE.test(refusal)) throw new Error(`seed ${SEED}, message ${n}: ${JSON.stringify(refusal)}`)
    }
  }
  // a fuzzer that comes past no check, or never fails one, proves nothing
  for (const many of [seen.read, seen.refused, seen.dropped])
    expect(many, `seed ${SEED}: ${JSON.stringify(seen)}`).toBeGreaterThan(2_000)
})

/** What a line does with a message that could be read. */
function use(message: SipMessage, held: Held<string>[], n: number): Held<string>[] {
  message.contact()
  message.list('contact')
  if (message.kind === 'response') return held
  const verdict = judge(message, ALICE, true)
  if (verdict.go === 'answer') {
    const { status, reason, headers } = verdict
    const answer = writeResponse(echoOf(message), status, reason, { toTag: 't', ...(headers ? { headers } : {}) })
    if (!WHOLE.test(answer)) throw new Error(`seed ${SEED}, message ${n}: ${JSON.stringify(answer)}`)
  }
  if (verdict.go === 'subscribe') readSubscribe(message)
  if (verdict.go !== 'register') return held
  const decided = register(message, held, `socket ${n % 3}`, `flow ${n % 3}`, n * 1_000)
  if (!decided.ok) return held
  for (const line of decided.headers) if (/[\r\n]/.test(line)) throw new Error(`seed ${SEED}, message ${n}: ${line}`)
  return decided.bindings
}

it('[SIP-6] a call that is sent 10,000 broken messages of its own stays a call: whatever it says is well-formed', () => {
  const fuzzer = new SipFuzzer(new Seeded(SEED + 1), inCall())
  let bench = Bench.talking()
  let ended = 0
  for (let n = 0; n < 10_000; n++) {
    const parsed = parseMessage(fuzzer.next())
    if (!parsed.ok) continue
    bench.now += 10
    bench.decide({ kind: 'message', aor: n % 2 ? 'alice' : 'bob', instance: 'x', message: parsed.message })
    for (const { text } of bench.sends)
      if (!parseMessage(text).ok) throw new Error(`seed ${SEED}, message ${n}: ${JSON.stringify(text)}`)
    expect(bench.state.pending.length, `seed ${SEED}, message ${n}`).toBeLessThanOrEqual(64)
    const isOver = bench.state.call.endedAt !== null
    if (isOver) ended++
    // one that was sent a high CSeq hears nothing more: a new call
    if (isOver || n % 8 === 0) bench = Bench.talking()
  }
  expect(ended, `seed ${SEED}, ${ended} ended`).toBeGreaterThan(5)
})

/** What alice and bob may say in the call of Bench.talking(). */
function inCall() {
  const talking = Bench.talking()
  const leg = talking.state.legs[1]!
  const asked = ['BYE', 'INVITE', 'INFO', 'OPTIONS', 'ACK', 'CANCEL', 'REFER'].flatMap((method) => {
    const body = method === 'INVITE' ? SDP('a', 'sendonly', 2) : ''
    return [
      request(method, { callId: 'c1', cseq: 3, to: '<sip:bob@x>;tag=edge-a', body }),
      request(method, { callId: leg.callId, cseq: 3, from: '<sip:bob@x>;tag=b', to: `<sip:101@x>;tag=${leg.localTag}`, body }),
    ] // prettier-ignore
  })
  const relayed = talking.aliceAsks('INFO', 2).heard('bob')[0]
  const rung = new Bench().fork('phone').heard('bob')[0]
  const answers = [relayed, rung]
    .filter((heard): heard is Heard => heard !== undefined)
    .map((heard) => response(heard, 200))
  return [...asked, ...answers].map(octets)
}
