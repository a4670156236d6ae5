import { describe, expect, it } from 'vitest'
import { ACTIONS, may, type Action } from '#shared/domain/access/table'
import type { Role } from '#shared/protocol/users'
import { app } from '#worker/app'
import { registered } from '#worker/routes/endpoint'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

/** What is no part of the API: the health of the house, the demo's page, assets. Nothing there knows a person. */
const OPEN = [/^\/(health|ready)$/, /^\/demo\//, /^\/_app\//, /^\/api\/(docs|openapi\.json)/]
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const EXAMPLE: Record<string, string> = { topic: 'me' }

const plain = (path: string) => path.replace(/\{(\w+)\}/g, ':$1')
const concrete = (path: string) => path.replace(/\{(\w+)\}|:(\w+)(\{[^}]*\})?/g, (_, a, b) => EXAMPLE[a ?? b] ?? 'x')
const paths = (prefix: string) =>
  registered.map(({ method, path, action }) => ({ method: method.toUpperCase(), path: prefix + path, action }))
/** Where the app really mounted it: routers sit under /api or at the root. */
const mounted = app.routes.filter(({ method }) => METHODS.includes(method))
const table = [...paths('/api'), ...paths('')].filter(({ method, path }) =>
  mounted.some((route) => route.method === method && plain(route.path) === plain(path)),
)

describe('[AUTH-1] every route × role', () => {
  it('every route of the app names an action of the table', () => {
    const named = new Set(table.map(({ method, path }) => `${method} ${plain(path)}`))
    const unnamed = mounted
      .filter(({ path }) => !OPEN.some((open) => open.test(path)))
      .filter(({ method, path }) => !named.has(`${method} ${plain(path)}`))
    expect(unnamed.map(({ method, path }) => `${method} ${path}`)).toEqual([])
    const reached = new Set(table.map(({ method, path }) => `${method} ${path.replace(/^\/api/, '')}`))
    const lost = registered.filter(
      ({ method, path }) => !reached.has(`${method.toUpperCase()} ${path.replace(/^\/api/, '')}`),
    )
    expect(lost.map(({ path }) => path)).toEqual([])
    for (const { action } of registered) expect(ACTIONS).toHaveProperty([action])
  })

  const roles = ['guest', 'agent', 'supervisor', 'administrator'] as const
  it.each(roles)(
    'answers %s what the table says',
    async (role) => {
      const wrong: string[] = []
      let person: Person | undefined
      for (const { method, path, action } of table) {
        // a session of its own for the routes that end it
        if (role !== 'guest' && (!person || action.startsWith('session.')))
          person = await signedIn(role as Role, 'walker')
        const answer = await api(concrete(path), { method, as: person })
        if (action.startsWith('session.')) person = undefined
        const text = await answer.text()
        const code = /"code":"([a-z-]+)"/.exec(text)?.[1]
        const turnedAway = code === 'not-signed-in' || code === 'not-permitted'
        const expected = may(role, action) ? null : role === 'guest' ? 'not-signed-in' : 'not-permitted'
        if (expected === null ? turnedAway || code === 'internal' : code !== expected) {
          wrong.push(`${method} ${path} (${action}) as ${role}: ${answer.status} ${code}`)
        }
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )

  it('an agent may nothing that changes pools, people or the floor', () => {
    const never: Action[] = [
      'pool.create',
      'pool.change',
      'import.run',
      'floor.read',
      'user.create',
      'user.change',
      'user.password.reset',
      'do-not-call.remove',
      'lease.release',
    ]
    for (const action of never) expect(may('agent', action), action).toBe(false)
  })
})
