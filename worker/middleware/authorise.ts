import { createMiddleware } from 'hono/factory'
import type { Action } from '#shared/domain/access/table'
import type { AppContext } from '../routes/endpoint'

/** Filled by worker/auth: session → actor → table. */
export const authorise = (_action: Action) =>
  createMiddleware<AppContext>(async (_c, next) => {
    await next()
  })
