import * as z from 'zod'
import { RefusalError } from '../refusals'
import type { Env } from '../env'
import { endpoint, router } from './endpoint'

export const demo = router()

/** Refusal `not-found` with DEMO=0: a real deployment has no telephone that anybody can open. */
async function page(env: Env, request: Request): Promise<Response> {
  if (env.DEMO !== '1') throw new RefusalError('not-found')
  return env.ASSETS.fetch(request)
}

/** The customer's telephone as a page; the app's shell draws it. */
endpoint(
  demo,
  'demo.telephone',
  {
    method: 'get',
    path: '/demo/telephone',
    responses: { 200: { description: 'The demo telephone', content: { 'text/html': { schema: z.string() } } } },
  },
  (c) => page(c.env, c.req.raw) as never,
)

/** What the telephone says when it answers by itself. */
endpoint(
  demo,
  'demo.telephone',
  {
    method: 'get',
    path: '/demo/voice.wav',
    responses: { 200: { description: 'A sample voice', content: { 'audio/wav': { schema: z.string() } } } },
  },
  (c) => page(c.env, c.req.raw) as never,
)
