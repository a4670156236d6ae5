import { env } from 'cloudflare:test'
import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { iceServersFor } from '#worker/carriers/ice-servers'
import { api, signedIn } from '#tests/support/workerd/people'

const NOW = 1_700_000_000_000
const asked = (more: object, now = NOW) => iceServersFor({ ...env, ...more }, 'alice', now)
const KEYS = { CLOUDFLARE_TURN_KEY: 'key/1', CLOUDFLARE_TURN_TOKEN: 'word' }
afterEach(() => vi.unstubAllGlobals())

describe('[SIP-11] ICE servers', () => {
  it('none are configured: none, and nothing ends', async () => {
    expect(await asked({})).toEqual({ iceServers: [], expiresAt: null })
    expect(await asked({ STUN_URLS: 'stun:a.test, stun:b.test' })).toEqual({
      iceServers: [{ urls: ['stun:a.test', 'stun:b.test'] }],
      expiresAt: null,
    })
    // a relay without its secret opens to nobody
    expect(await asked({ TURN_URLS: 'turn:a.test' })).toEqual({ iceServers: [], expiresAt: null })
  })

  it('a TURN server that shares a secret: a name that says when it ends, and its HMAC', async () => {
    const { iceServers, expiresAt } = await asked({ TURN_URLS: 'turn:a.test,turns:a.test:443', TURN_SECRET: 's3cret' })
    const username = `${NOW / 1000 + 12 * 3600}:alice`
    const credential = createHmac('sha1', 's3cret').update(username).digest('base64')
    expect(iceServers).toEqual([{ urls: ['turn:a.test', 'turns:a.test:443'], username, credential }])
    expect(expiresAt).toBe(NOW + 12 * 3_600_000)
  })

  it('Cloudflare: asked with the key, port 53 left out; one that fails is left out', async () => {
    const turn = { urls: ['turn:turn.cloudflare.com:3478?transport=udp', 'turn:turn.cloudflare.com:53?transport=udp'] }
    const given = [{ urls: ['stun:stun.cloudflare.com:53'] }, { ...turn, username: 'u', credential: 'c' }]
    const fetched = vi.fn(() => Promise.resolve(Response.json({ iceServers: given }, { status: 201 })))
    vi.stubGlobal('fetch', fetched)
    expect(await asked(KEYS)).toEqual({
      iceServers: [{ urls: [turn.urls[0]], username: 'u', credential: 'c' }],
      expiresAt: NOW + 12 * 3_600_000,
    })
    const [url, init] = fetched.mock.calls[0] as unknown as [string, RequestInit]
    expect(url).toBe('https://rtc.live.cloudflare.com/v1/turn/keys/key%2F1/credentials/generate-ice-servers')
    expect(init).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer word' } })

    vi.stubGlobal('fetch', () => Promise.resolve(new Response('no', { status: 500 })))
    expect(await asked({ ...KEYS, STUN_URLS: 'stun:a.test' })).toEqual({
      iceServers: [{ urls: ['stun:a.test'] }],
      expiresAt: null,
    })
  })

  it('are told to whoever may have a telephone, and kept by nobody on the way', async () => {
    expect((await api('/api/ice-servers')).status).toBe(401)
    const answer = await api('/api/ice-servers', { as: await signedIn('agent', 'alice') })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  })
})
