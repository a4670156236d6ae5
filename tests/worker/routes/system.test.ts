import { SELF } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { setLogLevel } from '#worker/log'

const URL_ = 'http://switchroom.test'

describe('every request', () => {
  it('[OPS-1] is answered with its id, and a refusal names it', async () => {
    const reply = await SELF.fetch(`${URL_}/api/nothing-here`)
    expect(reply.status).toBe(404)
    expect(reply.headers.get('content-type')).toContain('application/problem+json')
    const problem = await reply.json<{ code: string; requestId: string }>()
    expect(problem.code).toBe('not-found')
    expect(reply.headers.get('x-request-id')).toBe(problem.requestId)
  })

  it('[OPS-1] is logged by its pattern: no number, no query', async () => {
    const lines: string[] = []
    const spy = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
    setLogLevel('info')
    const { accessLog } = await import('#worker/middleware/access-log')
    const { Hono } = await import('hono')
    const app = new Hono().use('*', accessLog as never).get('/do-not-call/:number', (c) => c.text('ok'))
    await app.request('/do-not-call/+442079460100?ticket=secret')
    spy.mockRestore()
    setLogLevel('error')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'request', route: '/do-not-call/:number', status: 200 })
    expect(lines[0]).not.toMatch(/4420794|secret/)
  })

  it('a body past the limit is refused before it is read', async () => {
    const reply = await SELF.fetch(`${URL_}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(50 * 1024 * 1024) },
      body: 'x'.repeat(9 * 1024 * 1024),
    })
    expect(reply.status).toBe(413)
    expect((await reply.json<{ code: string }>()).code).toBe('too-large')
  })
})
