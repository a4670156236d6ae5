import { createRoute, OpenAPIHono, type RouteConfig, type RouteHandler } from '@hono/zod-openapi'
import type { Action } from '#shared/domain/access/table'
import { problem } from '#shared/protocol/problem'
import { RefusalError } from '../refusals'
import { authorise } from '../middleware/authorise'
import type { Env } from '../env'
import type { Actor } from '../rooms/ports'

export type AppContext = {
  Bindings: Env
  Variables: {
    requestId: string
    /** Set by `authorise` for every action that is not open to guests. */
    actor: Actor
    /** The peer's address as our proxy or the platform saw it; never a client's header. */
    address: string
    /** Where browsers reach us: configured, or on Cloudflare the request's own. */
    origin: string
  }
}

const problems = { default: { description: 'A refusal', content: { 'application/problem+json': { schema: problem } } } }

/** The routes that exist with their action: the test of the permission table walks this. */
export const registered: { method: string; path: string; action: Action }[] = []

/** A router whose refused bodies, queries and params become problem details. */
export function router(): OpenAPIHono<AppContext> {
  return new OpenAPIHono<AppContext>({
    defaultHook: (result) => {
      if (result.success) return
      throw new RefusalError(
        'invalid-input',
        undefined,
        result.error.issues.slice(0, 20).map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
      )
    },
  })
}

/**
 * One endpoint: validate → authorise by the table → handler. The OpenAPI document comes from the same definition.
 *
 *   endpoint(routes, 'pool.create', { method: 'post', path: '/pools', request: {…}, responses: {…} }, async (c) => …)
 */
export function endpoint<R extends Omit<RouteConfig, 'middleware'>>(
  routes: OpenAPIHono<AppContext>,
  action: Action,
  config: R,
  handler: RouteHandler<R & { responses: R['responses'] & typeof problems }, AppContext>,
): void {
  registered.push({ method: config.method, path: config.path, action })
  const route = createRoute({
    ...config,
    middleware: [authorise(action)],
    responses: { ...config.responses, ...problems },
  } as RouteConfig)
  routes.openapi(route, handler as unknown as RouteHandler<typeof route, AppContext>)
}

export const json = <T>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
export const body = <T>(schema: T) => ({ body: { required: true, content: { 'application/json': { schema } } } })
