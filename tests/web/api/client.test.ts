import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { api, listen } from '../../../web/src/lib/api/client'

const schema = z.object({ id: z.string() })
const problem = (code: string, status: number) => ({
  type: `/api/docs#${code}`,
  title: 'x',
  status,
  code,
  requestId: 'r-1',
})
const over: string[] = []
let owed = 0
let answer: () => Promise<Response>

beforeEach(() => {
  over.length = 0
  owed = 0
  listen({ sessionOver: (code) => over.push(code), passwordOwed: () => owed++ })
  vi.stubGlobal(
    'fetch',
    vi.fn((_path: string, init: RequestInit) =>
      init.signal?.aborted ? Promise.reject(new DOMException('x', 'AbortError')) : answer(),
    ),
  )
})
afterEach(() => vi.unstubAllGlobals())
const answers = (body: unknown, status = 200) => {
  answer = async () => Response.json(body as object, { status })
}

describe('the API client', () => {
  it('answers the parsed value', async () => {
    answers({ id: 'a', more: 1 })
    expect(await api.get('/api/x', { schema })).toEqual({ ok: true, value: { id: 'a' } })
  })

  it('[LOOK-5] says that an answer is not what the protocol says, and where', async () => {
    answers({ id: 7 })
    expect(await api.get('/api/x', { schema })).toMatchObject({
      ok: false,
      problem: { code: 'unexpected-answer', detail: 'id' },
    })
  })

  it('[LOOK-5] gives a refusal with its code, fields and request id', async () => {
    answers({ ...problem('invalid-input', 422), errors: [{ field: 'name', message: 'too short' }] }, 422)
    const reply = await api.post('/api/x', { body: {}, schema })
    expect(reply).toMatchObject({
      ok: false,
      problem: { code: 'invalid-input', requestId: 'r-1', errors: [{ field: 'name' }] },
    })
  })

  it('[SYNC-1] calls no answer offline, and an answer of something between as good as none', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'))
    expect(await api.get('/api/x', { schema })).toEqual({ ok: false, problem: { code: 'offline', status: 0 } })
    answer = async () => new Response('<h1>Welcome to the hotel</h1>', { status: 200 })
    expect(await api.get('/api/x', { schema })).toMatchObject({ ok: false, problem: { code: 'offline' } })
  })

  it('calls a broken server unavailable', async () => {
    answers({ oops: true }, 502)
    expect(await api.get('/api/x', { schema })).toMatchObject({
      ok: false,
      problem: { code: 'unavailable', status: 502 },
    })
  })

  it.each(['not-signed-in', 'session-expired', 'session-revoked', 'account-disabled'])(
    '[AUTH-3] tells the session that it is over on %s',
    async (code) => {
      answers(problem(code, 401), 401)
      await api.get('/api/x', { schema })
      expect(over).toEqual([code])
    },
  )

  it('[AUTH-3] wrong credentials end nothing, and a quiet request neither', async () => {
    answers(problem('wrong-credentials', 401), 401)
    await api.post('/api/session', { body: {}, schema })
    answers(problem('session-revoked', 401), 401)
    await api.get('/api/me', { schema, quiet: true })
    expect(over).toEqual([])
  })

  it('[AUTH-2] tells the session that a password is owed', async () => {
    answers(problem('password-change-required', 403), 403)
    await api.get('/api/x', { schema })
    expect(owed).toBe(1)
  })

  it('reads no body where none is promised, and sends the key of a repeated request', async () => {
    answer = async () => new Response(null, { status: 204 })
    expect(await api.delete('/api/x', { idempotencyKey: 'k-1' })).toEqual({ ok: true, value: undefined })
    const init = vi.mocked(fetch).mock.calls[0]![1]!
    expect(init.headers).toMatchObject({ 'idempotency-key': 'k-1' })
    expect(init.credentials).toBe('same-origin')
  })

  it('throws an abort of its caller, and nothing else', async () => {
    await expect(api.get('/api/x', { schema, signal: AbortSignal.abort() })).rejects.toThrow(DOMException)
  })
})
