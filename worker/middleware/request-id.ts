import { createMiddleware } from 'hono/factory'
import type { AppContext } from '../routes/endpoint'

/** OPS-1: every request has an id, answered in `x-request-id` and in every problem. A client's own id is not believed. */
export const requestId = createMiddleware<AppContext>(async (c, next) => {
  const id = crypto.randomUUID()
  c.set('requestId', id)
  await next()
  // an upgraded socket's response is immutable
  if (c.res.status !== 101) c.header('x-request-id', id)
})
