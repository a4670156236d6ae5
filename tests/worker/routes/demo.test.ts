import { env } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { app } from '#worker/app'

const shell = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })
const withDemo = (DEMO: string) => {
  const ASSETS = { fetch: vi.fn(async () => shell.clone()) } as unknown as Fetcher
  const ask = (path: string) => app.request(`http://switchroom.test${path}`, {}, { ...env, DEMO, ASSETS })
  return { ask, ASSETS }
}

describe('[POOL-12] the demo telephone', () => {
  it.each(['/demo/telephone', '/demo/voice.wav'])(
    '%s is not there with DEMO=0, whatever lies among the assets',
    async (path) => {
      const { ask, ASSETS } = withDemo('0')
      const reply = await ask(path)
      expect(reply.status).toBe(404)
      expect(await reply.json()).toMatchObject({ code: 'not-found' })
      expect(ASSETS.fetch).not.toHaveBeenCalled()
    },
  )
  it('is the app’s own shell with DEMO=1, for anybody', async () => {
    const reply = await withDemo('1').ask('/demo/telephone')
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toContain('text/html')
  })
})
