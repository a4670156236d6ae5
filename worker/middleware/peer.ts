import { createMiddleware } from 'hono/factory'
import { RefusalError } from '../refusals'
import type { AppContext } from '../routes/endpoint'

/**
 * Who is at the other end. Self-hosted, a client can send CF-Connecting-IP and MF-Original-URL itself and the runtime
 * believes it; so only our own proxy is served (it strips them and proves itself by PROXY_SECRET), the origins are
 * configured, and the address is the proxy's word. On Cloudflare the platform's headers are the platform's word.
 */
export const believePeer = createMiddleware<AppContext>(async (c, next) => {
  const { PROXY_SECRET, PUBLIC_ORIGIN } = c.env
  if (PROXY_SECRET) {
    if (c.req.header('x-switchroom-proxy') !== PROXY_SECRET) throw new RefusalError('not-permitted')
    c.set('address', c.req.header('x-switchroom-address') ?? 'unknown')
  } else {
    c.set('address', c.req.header('cf-connecting-ip') ?? 'unknown')
  }
  c.set('origin', originOf(PUBLIC_ORIGIN, c.req.header('host') ?? '', c.req.url))
  await next()
})

/** Of the configured origins the one this request was sent to; another Host gets the first, so its Origin will not match. */
export function originOf(configured: string, host: string, url: string): string {
  if (!configured) return new URL(url).origin
  if (known?.configured !== configured) {
    const origins = configured.split(',')
    const byHost = new Map(origins.map((origin) => [new URL(origin).host, origin]).reverse() as [string, string][])
    known = { configured, first: origins[0]!, byHost }
  }
  return known.byHost.get(host) ?? known.first
}

/** Read once: every request asks. */
let known: { configured: string; first: string; byHost: Map<string, string> } | null = null
