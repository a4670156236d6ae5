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
  const origins = configured.split(',')
  return origins.find((origin) => new URL(origin).host === host) ?? origins[0]!
}
