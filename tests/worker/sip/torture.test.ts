import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { judge } from '#worker/sip/gate'
import { parseMessage } from '#worker/sip/message'
import { register } from '#worker/sip/registrar'

/**
 * RFC 4475's torture messages, read where they lie (RFC4475_DIR, or beside the checkout); skipped when they are not there.
 * What each must come to: `ok` parsed; a status: refused so; `silence`: a response or ACK that is dropped. Where the RFC
 * leaves a choice, the choice taken is the stricter one that no phone in the field needs otherwise.
 */
const FOLDER = process.env.RFC4475_DIR ?? path.resolve('../shared/data/rfc4475')
const PARSER: Record<string, 'ok' | 'silence' | number> = {
  // 3.1.1 valid
  wsinv: 'ok', intmeth: 'ok', esc01: 'ok', escnull: 'ok', esc02: 'ok', lwsdisp: 'ok', longreq: 'ok', dblreq: 'ok',
  semiuri: 'ok', transports: 'ok', mpart01: 'ok', unreason: 'ok', noreason: 'ok',
  // 3.1.2 invalid
  badinv01: 400, clerr: 400, ncl: 400, scalar02: 400, scalarlg: 'silence', quotbal: 400, ltgtruri: 400, lwsruri: 400,
  lwsstart: 400, trws: 400, escruri: 400, baddate: 'ok', regbadct: 'ok', badaspec: 'ok', baddn: 400, badvers: 505,
  mismatch01: 400, mismatch02: 400, bigcode: 'silence',
  // 3.2 transaction layer
  badbranch: 400,
  // 3.3 application layer
  insuf: 'silence', unkscm: 416, novelsc: 416, unksm2: 'ok', bext01: 'ok', invut: 'ok', regaut01: 'ok', multi01: 400,
  mcl01: 400, bcast: 'ok', zeromf: 'ok', cparam01: 'ok', cparam02: 'ok', regescrt: 'ok', sdp01: 'ok',
  // 3.4 backward compatibility
  inv2543: 'ok',
  // not of the RFC: no SIP version in the start line
  test: 'silence',
} // prettier-ignore

const read = (name: string) => {
  const bytes = readFileSync(path.join(FOLDER, `${name}.dat`))
  return parseMessage(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer)
}
const request = (name: string) => {
  const parsed = read(name)
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error(name)
  return parsed.message
}
const asWhom = (user: string) => ({ userId: user, username: user, extension: null })
const answered = (name: string, user: string) => {
  const verdict = judge(request(name), asWhom(user), true)
  return verdict.go === 'answer' ? verdict.status : verdict.go
}

describe.skipIf(!existsSync(FOLDER))('RFC 4475', () => {
  it('[SIP-6] every message there has a verdict here', () => {
    const names = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.dat'))
      .map((file) => file.slice(0, -4))
    expect(names.filter((name) => !(name in PARSER))).toEqual([])
  })

  for (const [name, verdict] of Object.entries(PARSER)) {
    it(`[SIP-6] ${name}: ${verdict}`, () => {
      const parsed = read(name)
      const got = parsed.ok ? 'ok' : parsed.malformed.answerable === null ? 'silence' : parsed.malformed.status
      expect(got).toBe(verdict)
    })
  }

  it('[SIP-6] unknown extensions get 420, unknown bodies 415, unknown methods 501, foreign addresses 403', () => {
    expect(answered('bext01', 'caller')).toBe(420)
    expect(answered('invut', 'caller')).toBe(415)
    expect(answered('intmeth', 'mundane')).toBe(501)
    expect(answered('esc02', 'resource')).toBe(501)
    expect(answered('unksm2', 'user')).toBe(403)
    expect(answered('semiuri', 'caller')).toBe(200)
    expect(answered('sdp01', 'caller')).toBe('call')
    expect(answered('inv2543', '+13035551111')).toBe(400) // no Contact: no dialog can be made
  })

  it('[SIP-6] of two messages in one frame only the first counts (dblreq), and a body is cut at its length', () => {
    expect(request('dblreq')).toMatchObject({ method: 'REGISTER', body: '' })
  })

  it('[SIP-6] a Contact that would put headers into our requests is refused (regbadct, regescrt); parameters stay where they stand (cparam)', () => {
    const status = (name: string) => {
      const decided = register(request(name), [], 'socket', 'flow', 0)
      return decided.ok ? decided.bindings[0]?.registration.contact : decided.refusal.status
    }
    expect(status('regbadct')).toBe(400)
    expect(status('regescrt')).toBe(400)
    expect(status('cparam01')).toBe('sip:+19725552222@gw1.example.net')
    expect(status('cparam02')).toBe('sip:+19725552222@gw1.example.net;unknownparam')
  })
})
