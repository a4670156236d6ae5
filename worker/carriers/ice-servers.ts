import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { iceServer, type IceServer, type IceServers } from '#shared/protocol/ice'
import type { Env } from '../env'
import { log } from '../log'

/** Credentials last a long shift: a relay asks for them again whenever it renews an allocation. */
const TTL_S = 12 * 3600
const CLOUDFLARE_MS = 3_000

/**
 * SIP-11: what helps two browsers reach each other through networks that hide them: STUN as configured, TURN with credentials
 * that end by themselves. A provider that does not answer is left out: a call on one network needs none of them.
 */
export async function iceServersFor(env: Env, userId: string, now: number): Promise<IceServers> {
  const stun = listOf(env.STUN_URLS)
  const relays = [coturn(env, userId, now), await cloudflare(env)].flatMap((some) => some ?? [])
  return {
    iceServers: [...(stun.length > 0 ? [{ urls: stun }] : []), ...relays],
    expiresAt: relays.some(({ credential }) => credential) ? now + TTL_S * 1000 : null,
  }
}

/**
 * A TURN server that shares a secret with us, such as coturn with `use-auth-secret` (draft-uberti-behave-turn-rest-00 §2.2):
 * the user name begins with when it ends (seconds), the password is its HMAC-SHA1.
 */
function coturn({ TURN_URLS, TURN_SECRET }: Env, userId: string, now: number): IceServer[] | null {
  const urls = listOf(TURN_URLS)
  if (urls.length === 0 || !TURN_SECRET) return null
  const username = `${Math.floor(now / 1000) + TTL_S}:${userId}`
  return [{ urls, username, credential: createHmac('sha1', TURN_SECRET).update(username).digest('base64') }]
}

const cloudflareReply = z.object({ iceServers: z.array(iceServer) })

/** Cloudflare Realtime TURN: developers.cloudflare.com/realtime/turn/generate-credentials. Browsers block port 53. */
async function cloudflare({ CLOUDFLARE_TURN_KEY, CLOUDFLARE_TURN_TOKEN }: Env): Promise<IceServer[] | null> {
  if (!CLOUDFLARE_TURN_KEY || !CLOUDFLARE_TURN_TOKEN) return null
  const url = `https://rtc.live.cloudflare.com/v1/turn/keys/${encodeURIComponent(CLOUDFLARE_TURN_KEY)}/credentials/generate-ice-servers`
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLOUDFLARE_TURN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ttl: TTL_S }),
      signal: AbortSignal.timeout(CLOUDFLARE_MS),
    })
    if (!reply.ok) throw new Error(`answered ${reply.status}`)
    const given = cloudflareReply.parse(await reply.json())
    return given.iceServers
      .map((server) => ({ ...server, urls: server.urls.filter((one) => !/:53(\?|$)/.test(one)) }))
      .filter(({ urls }) => urls.length > 0)
  } catch (fault) {
    log.warn('no TURN credentials from Cloudflare', { fault })
    return null
  }
}

const listOf = (configured: string | undefined) =>
  (configured ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
