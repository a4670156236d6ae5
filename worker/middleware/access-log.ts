import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { Context } from 'hono'
import { log } from '../log'
import type { AppContext } from '../routes/endpoint'

/** OPS-1: one line a request, by its route's pattern: a path may hold a number, and a query a ticket. */
export const accessLog = createMiddleware<AppContext>(async (c, next) => {
  const began = Date.now()
  await next()
  if (!log.tells('info')) return
  log.info('request', {
    requestId: c.get('requestId'),
    method: c.req.method,
    route: patternOf(c),
    status: c.res.status,
    ms: Date.now() - began,
    actor: c.get('actor')?.userId,
  })
})

export function patternOf(c: Context<AppContext>): string {
  const patterns = matchedRoutes(c).map((route) => route.path)
  return patterns.findLast((path) => !path.endsWith('*')) ?? 'unknown'
}
