import { createMiddleware } from 'hono/factory'
import { bodyLimit } from 'hono/body-limit'
import { RefusalError } from '../refusals'
import type { AppContext } from '../routes/endpoint'

/** The largest chunk of an import is far below this; whole files have a limit of their own (routes/imports.ts, routes/sound-files.ts). */
const LARGEST_BODY = 8 * 1024 * 1024

const limit = bodyLimit({
  maxSize: LARGEST_BODY,
  onError: () => {
    throw new RefusalError('too-large')
  },
})

export const bodySize = createMiddleware<AppContext>((c, next) => {
  const isFile = (c.req.header('content-type') ?? '').startsWith('multipart/form-data')
  const isSound = /^\/api\/attempts\/[^/]+\/recordings\//.test(c.req.path)
  return isFile || isSound ? next() : (limit(c, next) as Promise<Response | void>)
})
