import { describe, expect, it } from 'vitest'
import { CHECKS, type CheckName, type Outcome, type Results } from '../../../web/src/lib/preflight/check'
import { judgeRelay, judgeStun } from '../../../web/src/lib/preflight/gathering'
import { askedBy, needsOfServers, serversOf } from '../../../web/src/lib/preflight/ice-urls'
import { wayOf } from '../../../web/src/lib/preflight/loop-measure'
import { verdictOf } from '../../../web/src/lib/preflight/verdict'

const good = (name: CheckName): Outcome => {
  if (name === 'line') return { state: 'passed', say: 'line-open', ms: 20 }
  if (name === 'registration') return { state: 'passed', say: 'registrar-answers', devices: 1 }
  if (name === 'loop') return { state: 'passed', say: 'loop-measured', mos: 4.3, word: 'clear', way: 'relay' }
  return { state: 'passed', say: name === 'microphone' ? 'microphone-heard' : 'relay-open' }
}
const all = (but: Results = {}): Results => ({
  ...Object.fromEntries(CHECKS.map((name) => [name, good(name)])),
  ...but,
})
const closed: Outcome = { state: 'failed', say: 'relay-closed', needs: [] }
const unset: Outcome = { state: 'unset', say: 'no-relay' }

describe('one verdict', () => {
  it('[PHONE-6] waits until every check has come out', () => {
    const { loop: _loop, ...others } = all()
    expect(verdictOf(others)).toBeNull()
    expect(verdictOf({})).toBeNull()
    expect(verdictOf(all())).toBe('ready')
  })
  it('[PHONE-6] without microphone, speaker, line, registration or a test call nobody can be called', () => {
    for (const name of ['microphone', 'speaker', 'line', 'registration', 'loop'] as const)
      expect(verdictOf(all({ [name]: { state: 'failed', say: 'fault' } }))).toBe('not-ready')
  })
  it('[PHONE-6] what was left out, or only just works, is a limit', () => {
    expect(verdictOf(all({ loop: { state: 'skipped', say: 'in-a-call' } }))).toBe('limited')
    expect(verdictOf(all({ microphone: { state: 'warned', say: 'microphone-quiet' } }))).toBe('limited')
  })
  it('[PHONE-6] one way out is enough; none, where some are set up, is a limit; none set up is not', () => {
    expect(verdictOf(all({ 'turn-udp': closed, 'turn-tcp': closed, stun: closed }))).toBe('ready')
    const relays = { 'turn-udp': closed, 'turn-tcp': unset, 'turn-tls': unset }
    expect(verdictOf(all(relays))).toBe('limited')
    expect(verdictOf(all({ ...relays, 'turn-udp': unset, stun: unset }))).toBe('ready')
  })
})

describe('the servers of a call', () => {
  it('[PHONE-6] are told apart by their way, with the ports that the RFCs say', () => {
    expect(askedBy('stun:stun.example')).toEqual({
      way: 'stun',
      need: { protocol: 'UDP', host: 'stun.example', port: 3478 },
    })
    expect(askedBy('turn:turn.example?transport=udp')?.way).toBe('turn-udp')
    expect(askedBy('turn:turn.example:80?transport=tcp')).toEqual({
      way: 'turn-tcp',
      need: { protocol: 'TCP', host: 'turn.example', port: 80 },
    })
    expect(askedBy('turns:turn.example?transport=tcp')?.need).toEqual({
      protocol: 'TLS',
      host: 'turn.example',
      port: 5349,
    })
    expect(askedBy('turn:[2001:db8::1]:3478')?.need.host).toBe('[2001:db8::1]')
    for (const no of ['turns:turn.example?transport=udp', 'https://turn.example', 'turn:', 'stun:a/b'])
      expect(askedBy(no)).toBeNull()
  })
  it('[PHONE-6] are tried each way by itself, and asked for once', () => {
    const servers = [
      { urls: ['stun:a.example', 'stun:a.example:3478'] },
      { urls: ['turn:b.example', 'turns:b.example:443'], username: 'u', credential: 'secret' },
    ]
    expect(serversOf(servers, 'turn-tls')).toEqual([
      { urls: ['turns:b.example:443'], username: 'u', credential: 'secret' },
    ])
    expect(serversOf(servers, 'turn-tcp')).toEqual([])
    expect(needsOfServers(servers)).toEqual([
      { protocol: 'UDP', host: 'a.example', port: 3478 },
      { protocol: 'UDP', host: 'b.example', port: 3478 },
      { protocol: 'TLS', host: 'b.example', port: 443 },
    ])
    expect(JSON.stringify(needsOfServers(servers))).not.toContain('secret')
  })
})

describe('what a browser found', () => {
  const servers = [{ urls: ['turn:turn.example'] }]
  const found = (kinds: string[], errors: number[] = [], isComplete = true) => ({ kinds, errors, isComplete })
  it('[PHONE-6] an address from outside, or no need of one', () => {
    expect(judgeStun(found(['host', 'srflx'], [701]), servers)).toMatchObject({ say: 'stun-answered' })
    expect(judgeStun(found(['host']), servers)).toMatchObject({ state: 'passed', say: 'stun-direct' })
    expect(judgeStun(found(['host'], [701]), servers)).toMatchObject({ state: 'failed', needs: [{ port: 3478 }] })
    expect(judgeStun(found(['host'], [], false), servers)).toMatchObject({ state: 'failed' })
  })
  it('[PHONE-6] a relay that is shut, and one that knows us not', () => {
    expect(judgeRelay(found(['relay']), servers)).toMatchObject({ say: 'relay-open' })
    expect(judgeRelay(found([], [701]), servers)).toMatchObject({ say: 'relay-closed', needs: [{ protocol: 'UDP' }] })
    expect(judgeRelay(found([], [401]), servers)).toEqual({ state: 'failed', say: 'relay-refused' })
  })
  it('[PHONE-6] by which way the sound left', () => {
    const pair = { type: 'candidate-pair', state: 'succeeded', nominated: true, localCandidateId: 'L' }
    const local = (candidateType: string) => ({ type: 'local-candidate', id: 'L', candidateType })
    expect(wayOf([local('relay'), pair])).toBe('relay')
    expect(wayOf([pair, local('prflx')])).toBe('direct')
    expect(wayOf([])).toBe('direct')
  })
})
