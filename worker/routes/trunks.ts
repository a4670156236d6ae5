import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { id } from '#shared/protocol/common'
import {
  newTrunk,
  trunk,
  trunkList,
  trunkPatch,
  trunkSettings,
  type Trunk,
  type TrunkSettings,
  type TrunkState,
} from '#shared/protocol/trunks'
import { audited } from '../auth/audit'
import { sealSecret } from '../auth/secret-box'
import { forgetTrunks } from '../carriers/trunk-book'
import { poolIds } from '../db/pools'
import { deleteTrunk, insertTrunk, readTrunk, readTrunks, updateTrunk, type TrunkRow } from '../db/trunks'
import { usersOf } from '../db/users'
import type { Env } from '../env'
import { log } from '../log'
import { RefusalError } from '../refusals'
import { tellOfTrunks } from '../rooms/agent/dialling'
import { ROOM_TIMEOUT_MS, trunkRoom } from '../rooms/doors'
import { withTimeout } from '../rooms/room'
import { body, endpoint, json, router } from './endpoint'

/** SIP-9: the trunks, by administrators. A password goes in and never comes out. */
export const trunks = router()
const one = { params: z.object({ trunkId: id }) }

endpoint(
  trunks,
  'trunk.read',
  {
    method: 'get',
    path: '/trunks',
    tags: ['trunks'],
    summary: 'Every trunk, with how it stands now',
    responses: { 200: json(trunkList, 'In the order they were made') },
  },
  async (c) => {
    const rows = await readTrunks(c.env.DB)
    c.header('cache-control', 'no-store')
    return c.json({ items: await Promise.all(rows.map((row) => viewOf(c.env, row))), nextCursor: null }, 200)
  },
)

/** Refuses conflict (a number another trunk has), not-found (nobody by the id a number is given to). */
endpoint(
  trunks,
  'trunk.change',
  {
    method: 'post',
    path: '/trunks',
    tags: ['trunks'],
    summary: 'Connect a trunk',
    request: body(newTrunk),
    responses: { 201: json(trunk, 'Connecting') },
  },
  async (c) => {
    const { password, ...settings } = c.req.valid('json')
    await checkNumbers(c.env, null, settings)
    const trunkId = uuidv7()
    const secret = await sealSecret(c.env.PASSWORD_PEPPER, trunkId, password)
    const row = { id: trunkId, settings: JSON.stringify(settings), secret, version: 1, createdAt: Date.now() }
    await insertTrunk(c.env.DB, row)
    await push(c.env, row)
    await audited(c, 'trunk.change', trunkId, { made: true })
    c.executionCtx.waitUntil(toldDesks(c.env))
    return c.json(await viewOf(c.env, row), 201)
  },
)

/** Calls that go on keep going. Refuses not-found, conflict. */
endpoint(
  trunks,
  'trunk.change',
  {
    method: 'patch',
    path: '/trunks/{trunkId}',
    tags: ['trunks'],
    summary: 'Change a trunk, or switch it off or on',
    request: { ...one, ...body(trunkPatch) },
    responses: { 200: json(trunk, 'As it is now') },
  },
  async (c) => {
    const { trunkId } = c.req.valid('param')
    const { password, ...changes } = c.req.valid('json')
    const before = await readTrunk(c.env.DB, trunkId)
    if (!before) throw new RefusalError('not-found')
    const settings = { ...settingsOf(before), ...changes }
    await checkNumbers(c.env, trunkId, settings)
    const secret = password === undefined ? {} : { secret: await sealSecret(c.env.PASSWORD_PEPPER, trunkId, password) }
    const after = await updateTrunk(c.env.DB, trunkId, { settings: JSON.stringify(settings), ...secret })
    if (!after) throw new RefusalError('not-found')
    await push(c.env, after)
    const fields = [...Object.keys(changes), ...(password === undefined ? [] : ['password'])]
    await audited(c, 'trunk.change', trunkId, { fields })
    c.executionCtx.waitUntil(toldDesks(c.env))
    return c.json(await viewOf(c.env, after), 200)
  },
)

/** Signs off at the SBC. A call that goes on loses its way: it ends at the latest a minute later. */
endpoint(
  trunks,
  'trunk.change',
  {
    method: 'delete',
    path: '/trunks/{trunkId}',
    tags: ['trunks'],
    summary: 'Remove a trunk',
    request: one,
    responses: { 204: { description: 'Gone' } },
  },
  async (c) => {
    const { trunkId } = c.req.valid('param')
    if (!(await deleteTrunk(c.env.DB, trunkId))) throw new RefusalError('not-found')
    forgetTrunks()
    await trunkRoom(c.env, trunkId).remove()
    await audited(c, 'trunk.change', trunkId, { removed: true })
    c.executionCtx.waitUntil(toldDesks(c.env))
    return c.body(null, 204)
  },
)

/** A number belongs to one trunk, once, and to somebody who exists. */
async function checkNumbers(env: Env, trunkId: string | null, { numbers }: TrunkSettings): Promise<void> {
  const field = (message: string) => [{ field: 'numbers', message }]
  const mine = numbers.map(({ number }) => number)
  if (new Set(mine).size < mine.length)
    throw new RefusalError('conflict', 'A number stands there twice.', field('twice'))
  const others = (await readTrunks(env.DB))
    .filter((row) => row.id !== trunkId)
    .flatMap((row) => settingsOf(row).numbers)
  if (others.some(({ number }) => mine.includes(number)))
    throw new RefusalError('conflict', 'Another trunk has that number.', field('taken'))
  const people = numbers.flatMap((one) => ('userId' in one ? one.userId : (one.fallbackUserId ?? [])))
  const wanted = [...new Set(people)]
  const found = wanted.length > 0 ? await usersOf(env.DB, wanted) : []
  const rung = new Set(numbers.flatMap((one) => ('poolId' in one ? one.poolId : [])))
  const pools = new Set(rung.size > 0 ? await poolIds(env.DB) : [])
  if (found.length < wanted.length || [...rung].some((pool) => !pools.has(pool)))
    throw new RefusalError('invalid-input', undefined, field('nobody'))
}

async function push(env: Env, row: TrunkRow): Promise<void> {
  forgetTrunks()
  const { id, version, secret } = row
  await trunkRoom(env, id).configure({ ...settingsOf(row), id, version, secret })
}

const settingsOf = (row: TrunkRow): TrunkSettings => trunkSettings.parse(JSON.parse(row.settings))

async function viewOf(env: Env, row: TrunkRow): Promise<Trunk> {
  const { id, version, createdAt } = row
  const state = await withTimeout(trunkRoom(env, id).state(), ROOM_TIMEOUT_MS).catch((fault: unknown): TrunkState => {
    log.warn('trunk did not answer', { trunkId: id, fault })
    return { phase: 'unknown', since: Date.now(), retryAt: null, fault: null, calls: 0 }
  })
  return { ...settingsOf(row), id, version, createdAt, state }
}

const toldDesks = (env: Env) =>
  tellOfTrunks(env).catch((fault: unknown) => log.warn('desks not told of trunks', { fault }))
