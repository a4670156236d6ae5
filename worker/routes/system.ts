import * as z from 'zod'
import { RefusalError } from '../refusals'
import { endpoint, json, router } from './endpoint'

export const system = router()

const health = z.object({ ok: z.boolean() })

endpoint(
  system,
  'system.read',
  { method: 'get', path: '/health', responses: { 200: json(health, 'The Worker answers') } },
  (c) => c.json({ ok: true }, 200),
)

/** Ready to do work: D1 answers. A room needs no check: it is made when it is asked. */
endpoint(
  system,
  'system.read',
  { method: 'get', path: '/ready', responses: { 200: json(health, 'D1 answers too') } },
  async (c) => {
    await c.env.DB.prepare('SELECT 1 FROM users LIMIT 1')
      .all()
      .catch(() => {
        throw new RefusalError('unavailable')
      })
    return c.json({ ok: true }, 200)
  },
)

/** A hashed asset that is gone answers 404, not the page: an old tab must not read HTML as a script. */
system.get('/_app/immutable/*', async (c) => {
  const found = await c.env.ASSETS.fetch(c.req.raw)
  if ((found.headers.get('content-type') ?? '').includes('text/html')) throw new RefusalError('not-found')
  return found
})
