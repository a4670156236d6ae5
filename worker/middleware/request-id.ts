import { createMiddleware } from 'hono/factory'
import type { AppContext } from '../routes/endpoint'

/** OPS-1: every request has an id, answered in `x-request-id` and in every problem. A client's own id is not believed. */
export const requestId = createMiddleware<AppContext>(async (c, next) => {
  const id = crypto.randomUUID()
  c.set('requestId', id)
  // before the answer is made: onto a finished one it means a second Response with a streamed body, on every request
  c.header('x-request-id', id)
  await next()
  // what was not made by the context (a file) lacks it; an upgraded socket's response is immutable
  if (c.res.status !== 101 && !c.res.headers.has('x-request-id')) c.header('x-request-id', id)
})
