import { describe, expect, it } from 'vitest'
import { digestParams, digestResponse, strongestChallenge } from '#worker/sip/digest'
import { parseMessage, type SipRequest, type SipResponse } from '#worker/sip/message'
import { echoOf, writeResponse } from '#worker/sip/write'
import {
  ALIVE_MS,
  ANSWER_MS,
  begin,
  contactOf,
  keepAlive,
  onResponse,
  pong,
  refresh,
  silence,
  unregister,
  type Account,
  type Step,
} from '#worker/sip/trunk/registration'

const account: Account = {
  trunkId: '0190c1d0-0000-7000-8000-000000000001',
  domain: 'sbc.test',
  username: 'switchroom',
  authName: null,
  password: 'secret',
}
let tokens = 0
const chance = { token: () => `t${++tokens}` }
const sent = (step: Step): SipRequest => {
  const parsed = parseMessage(step.sends[0]!)
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error(step.sends[0])
  return parsed.message
}
const answer = (step: Step, status: number, reason: string, headers: string[] = []): Step => {
  const parsed = parseMessage(writeResponse(echoOf(sent(step)), status, reason, { toTag: 'sbc', headers }))
  if (!parsed.ok) throw new Error('not parsed')
  return onResponse(step.registration, account, parsed.message as SipResponse, chance)
}
const challenge = (nonce: string, extra = '') =>
  `WWW-Authenticate: Digest realm="sbc.test", nonce="${nonce}", qop="auth", algorithm=SHA-256${extra}`
const OK = [`Contact: <sip:other@x.invalid>;expires=10, <${contactOf(account)}>;expires=120`]

describe('[SIP-9] the registration of a trunk', () => {
  it('registers without credentials, answers the challenge, and keeps what was granted', () => {
    const first = begin(account, chance)
    const register = sent(first)
    expect([register.method, register.uri, register.to.uri]).toEqual([
      'REGISTER',
      'sip:sbc.test',
      'sip:switchroom@sbc.test',
    ])
    expect(register.header('authorization')).toBeNull()
    expect(register.contact()?.params.get('reg-id')).toBe('1')
    expect(first.timers.answer).toBe(ANSWER_MS)

    const second = answer(first, 401, 'Unauthorized', [challenge('n1')])
    const repeated = sent(second)
    expect(repeated.cseq.number).toBe(register.cseq.number + 1)
    expect(repeated.callId).toBe(register.callId)
    const params = digestParams(repeated.header('authorization')!)!
    const expected = digestResponse(strongestChallenge([challenge('n1').slice(18)])!, {
      username: 'switchroom',
      password: 'secret',
      method: 'REGISTER',
      uri: 'sip:sbc.test',
      count: 1,
      cnonce: params.get('cnonce')!,
    })
    expect(params.get('response')).toBe(expected)

    const third = answer(second, 200, 'OK', OK)
    expect(third.registration.isRegistered).toBe(true)
    expect(third.timers).toEqual({ answer: null, refresh: 96_000, alive: ALIVE_MS })
  })

  it('a refresh uses the known nonce, counts it up, and answers a new one', () => {
    const registered = answer(answer(begin(account, chance), 401, 'No', [challenge('n1')]), 200, 'OK', OK)
    const again = refresh(registered.registration, account, chance)
    expect(digestParams(sent(again).header('authorization')!)!.get('nc')).toBe('00000002')
    const fresh = answer(again, 401, 'No', [challenge('n2')])
    expect(fresh.failure).toBeUndefined()
    expect(digestParams(sent(fresh).header('authorization')!)!.get('nonce')).toBe('n2')
  })

  it('credentials refused are told, and not tried on and on', () => {
    const refused = answer(answer(begin(account, chance), 401, 'No', [challenge('n1')]), 401, 'No', [challenge('n2')])
    expect(refused.sends).toEqual([])
    expect(refused.failure).toEqual({ code: 'wrong-credentials', detail: '401 No', isRefused: true })
    expect(answer(begin(account, chance), 403, 'Forbidden').failure?.code).toBe('wrong-credentials')
  })

  it('a stale nonce is no refusal, but ends somewhere', () => {
    let step = begin(account, chance)
    for (let n = 0; n < 3; n++) step = answer(step, 401, 'No', [challenge(`n${n}`, ', stale=TRUE')])
    expect(step.failure).toBeUndefined()
    expect(answer(step, 401, 'No', [challenge('n9', ', stale=TRUE')]).failure?.code).toBe('wrong-credentials')
  })

  it('takes a longer time where the registrar asks for it (423)', () => {
    const longer = answer(begin(account, chance), 423, 'Interval Too Brief', ['Min-Expires: 600'])
    expect(sent(longer).header('expires')).toBe('600')
  })

  it.each([
    [503, false],
    [404, true],
  ])('a %i is told in its own words', (status, isRefused) => {
    expect(answer(begin(account, chance), status, 'Because').failure).toEqual({
      code: 'rejected',
      detail: `${status} Because`,
      isRefused,
    })
  })

  it('OPTIONS keep it alive; any answer will do, and silence ends it', () => {
    const registered = answer(begin(account, chance), 200, 'OK', OK)
    const asked = keepAlive(registered.registration, account, chance)
    expect(sent(asked).method).toBe('OPTIONS')
    expect(answer(asked, 405, 'No').timers).toEqual({ answer: null, alive: ALIVE_MS })
    expect(silence(asked.registration).failure?.code).toBe('silent')
  })

  it('is taken off with Expires: 0, only when it stands', () => {
    expect(unregister(begin(account, chance).registration, account, chance)).toEqual([])
    const registered = answer(begin(account, chance), 200, 'OK', OK)
    expect(unregister(registered.registration, account, chance)[0]).toContain('Expires: 0\r\n')
  })

  it('an answer to something else changes nothing', () => {
    const first = begin(account, chance)
    const second = answer(first, 401, 'No', [challenge('n1')])
    const late = answer({ ...first, registration: second.registration }, 200, 'OK', OK)
    expect(late.registration.isRegistered).toBe(false)
  })

  it('an SBC that keeps flows is asked by an empty line, as often as it wants (RFC 5626 §4.4.1); others by OPTIONS', () => {
    const registered = answer(begin(account, chance), 200, 'OK', [...OK, 'Flow-Timer: 10'])
    expect(registered.timers.alive).toBe(8_000)
    const asked = keepAlive(registered.registration, account, chance)
    expect(asked).toMatchObject({ sends: ['\r\n\r\n'], timers: { answer: ANSWER_MS } })
    expect(pong(asked.registration)).toMatchObject({ timers: { answer: null, alive: 8_000 }, sends: [] })
    expect(silence(asked.registration).failure?.code).toBe('silent')
    const plain = answer(begin(account, chance), 200, 'OK', OK)
    expect(plain.timers.alive).toBe(ALIVE_MS)
    expect(keepAlive(plain.registration, account, chance).sends[0]).toMatch(/^OPTIONS /)
    // an empty line that nobody asked for
    expect(pong(plain.registration)).toMatchObject({ timers: {}, sends: [] })
  })

  it('names its connection in its Contact', () => {
    expect(contactOf({ ...account, transport: 'tcp' })).toMatch(/;transport=tcp$/)
    expect(contactOf({ ...account, transport: 'wss' })).toMatch(/;transport=ws$/)
  })
})
