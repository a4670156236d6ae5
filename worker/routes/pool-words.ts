import * as z from 'zod'
import { formProblems, savedForm } from '#shared/domain/pool/form'
import { problemsOf } from '#shared/domain/pool/disposition-set'
import { id, page } from '#shared/protocol/common'
import { dispositionsChange, poolChanged, usedDispositions, type Pool } from '#shared/protocol/pools'
import { mergeFields, promisedCall, talkChange } from '#shared/protocol/pool-talk'
import { audited } from '../auth/audit'
import { poolById } from '../db/pools'
import { usersOf } from '../db/users'
import type { Env } from '../env'
import { keepPool, withStats } from '../pools'
import { RefusalError } from '../refusals'
import { asking, poolRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'

/** What agents say in a pool and what they may answer: dispositions (POOL-10), script and form (POOL-28), promises (POOL-15). */
export const poolWords = router()
const tags = ['pools']
const params = z.object({ poolId: id })

async function knownPool(env: Env, poolId: string, version?: number): Promise<Pool> {
  const pool = await poolById(env.DB, poolId)
  if (!pool) throw new RefusalError('unknown-pool')
  if (version !== undefined && pool.version !== version) throw new RefusalError('conflict')
  return pool
}
const used = (env: Env, poolId: string) =>
  asking(
    () => poolRoom(env, poolId),
    (room) => room.usedDispositions(),
  )

endpoint(
  poolWords,
  'pool.change',
  {
    method: 'get',
    path: '/pools/{poolId}/dispositions/used',
    tags,
    summary: 'The dispositions that attempts were booked with',
    request: { params },
    responses: { 200: json(usedDispositions, 'These can be retired, not deleted') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    await knownPool(c.env, poolId)
    return c.json({ used: await used(c.env, poolId) }, 200)
  },
)

/** POOL-10. Refuses conflict, disposition-in-use, invalid-input with one error a problem: `dispositions.CODE.FIELD`. */
endpoint(
  poolWords,
  'pool.change',
  {
    method: 'put',
    path: '/pools/{poolId}/dispositions',
    tags,
    summary: 'The whole set of dispositions, in its order',
    request: { params, ...body(dispositionsChange) },
    responses: { 200: json(poolChanged, 'The pool as it is now') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    const { version, dispositions } = c.req.valid('json')
    const before = await knownPool(c.env, poolId, version)
    const problems = problemsOf(dispositions, new Set(await used(c.env, poolId)))
    const inUse = problems.find(({ problem }) => problem === 'code-in-use')
    if (inUse) throw new RefusalError('disposition-in-use', inUse.code ?? undefined)
    if (problems.length > 0) {
      const errors = problems.map(({ problem, code, field }) => ({
        field: ['dispositions', code, field].filter((part) => part !== null).join('.'),
        message: problem,
      }))
      throw new RefusalError('invalid-input', undefined, errors.slice(0, 20))
    }
    const { pool, projection } = await keepPool(c.env, { ...before, dispositions, version: version + 1 })
    await audited(c, 'pool.dispositions', pool.id, { codes: dispositions.map(({ code }) => code) })
    return c.json({ ...(await withStats(c.env, pool)), projection }, 200)
  },
)

/** POOL-28. Refuses conflict, invalid-input: `form.N` with the problem. */
endpoint(
  poolWords,
  'pool.change',
  {
    method: 'put',
    path: '/pools/{poolId}/talk',
    tags,
    summary: 'The script in its languages, and the form',
    request: { params, ...body(talkChange) },
    responses: { 200: json(poolChanged, 'The pool as it is now') },
  },
  async (c) => {
    const { version, script, scripts, form } = c.req.valid('json')
    const before = await knownPool(c.env, c.req.valid('param').poolId, version)
    const problems = formProblems(form)
    if (problems.length > 0) {
      const errors = problems.map(({ problem, at }) => ({
        field: at === null ? 'form' : `form.${at}`,
        message: problem,
      }))
      throw new RefusalError('invalid-input', undefined, errors.slice(0, 20))
    }
    const kept = { script, scripts, form: savedForm(form, before.form ?? [], Date.now()) }
    const { pool, projection } = await keepPool(c.env, { ...before, ...kept, version: version + 1 })
    await audited(c, 'pool.talk', pool.id, {
      languages: Object.keys(scripts),
      form: form.map((field) => ({ id: field.id, required: field.required })),
    })
    return c.json({ ...(await withStats(c.env, pool)), projection }, 200)
  },
)

endpoint(
  poolWords,
  'pool.change',
  {
    method: 'get',
    path: '/pools/{poolId}/merge-fields',
    tags,
    summary: 'The columns of the pool’s lists, as its script may name them',
    request: { params },
    responses: { 200: json(mergeFields, 'Of the newest 500 customers') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    await knownPool(c.env, poolId)
    const custom = await asking(
      () => poolRoom(c.env, poolId),
      (room) => room.customFields(),
    )
    return c.json({ custom }, 200)
  },
)

const promiseQuery = z.object({
  /** `at:entryId` of the last one shown. */
  cursor: z
    .string()
    .regex(/^\d{1,15}:\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})
/** POOL-15: read from the pool itself, so that nothing that was just kept or moved stands there still. */
endpoint(
  poolWords,
  'callback.read.any',
  {
    method: 'get',
    path: '/pools/{poolId}/callbacks',
    tags,
    summary: 'Every promised call of the pool: who, when, whose',
    request: { params, query: promiseQuery },
    responses: { 200: json(page(promisedCall), 'Soonest first: overdue ones stand at the top') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    const { cursor, limit } = c.req.valid('query')
    await knownPool(c.env, poolId)
    const [at, entryId] = cursor?.split(':').map(Number) ?? []
    const behind = at === undefined || entryId === undefined ? null : { at, entryId }
    const found = await asking(
      () => poolRoom(c.env, poolId),
      (room) => room.promised(behind, limit + 1),
    )
    const shown = found.slice(0, limit)
    const ids = [...new Set(shown.flatMap(({ forId, byId }) => [forId, byId]).filter((one) => one !== null))]
    const names = new Map((await usersOf(c.env.DB, ids)).map((user) => [user.id, user.name]))
    const nameOf = (userId: string | null) => (userId === null ? null : (names.get(userId) ?? null))
    const items = shown.map((one) => ({ ...one, forName: nameOf(one.forId), byName: nameOf(one.byId) }))
    const last = shown.at(-1)
    return c.json({ items, nextCursor: found.length > limit && last ? `${last.at}:${last.entryId}` : null }, 200)
  },
)
