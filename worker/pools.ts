import { PRESETS } from '#shared/domain/pool/presets'
import { diallingOf } from '#shared/domain/pool/dialling'
import { chosenAfter, membersOf } from '#shared/domain/pool/members'
import { DEFAULTS } from '#shared/domain/pool/rules'
import { zoneOf } from '#shared/domain/pool/country-zone'
import type { Pool, PoolView } from '#shared/protocol/pools'
import type * as z from 'zod'
import type { newPool } from '#shared/protocol/pools'
import { pushProfiles } from './auth/profiles'
import { doNotCallVersion, GLOBAL, prefixesOf } from './db/do-not-call'
import { savePool } from './db/pools'
import { listTeams } from './db/teams'
import type { Env } from './env'
import { RefusalError } from './refusals'
import { asking, poolRoom } from './rooms/doors'

/** A pool's settings from what was asked for, the rest from its preset, its country and the defaults. */
export function madePool(asked: z.infer<typeof newPool>, id: string, now: number): Pool {
  const preset = asked.preset ?? 'telecalling'
  return {
    id,
    version: 1,
    name: asked.name,
    country: asked.country,
    timeZone: asked.timeZone ?? zoneOf(asked.country),
    maxAttempts: asked.maxAttempts ?? PRESETS[preset].maxAttempts,
    leaseMinutes: asked.leaseMinutes ?? DEFAULTS.leaseMinutes,
    preset,
    ...chosenAfter({ members: 'everyone' }, asked),
    script: asked.script ?? '',
    wrapUpSeconds: asked.wrapUpSeconds ?? DEFAULTS.wrapUpSeconds,
    skipBudget: asked.skipBudget ?? DEFAULTS.skipBudget,
    callbackGraceMinutes: DEFAULTS.callbackGraceMinutes,
    state: 'open',
    dispositions: PRESETS[preset].dispositions,
    ...diallingOf(asked),
    ...(asked.listMode === undefined ? {} : { listMode: asked.listMode }),
    ...(asked.ageing === undefined ? {} : { ageing: asked.ageing }),
    ...(asked.caps ? { caps: asked.caps } : {}),
    hours: asked.hours ?? null,
    createdAt: now,
  }
}

/** D1 first (the truth of settings), then the pool's room, then the rooms of those who may pull from it. */
export async function keepPool(
  env: Env,
  asked: Pool,
): Promise<{ pool: Pool; projection: { room: string; seq: number } }> {
  const pool = asked.teams ? { ...asked, members: await withTeams(env, asked) } : asked
  if (!(await savePool(env.DB, pool))) throw new RefusalError('conflict')
  if (pool.version === 1) await giveDoNotCall(env, pool.id)
  const kept = await asking(
    () => poolRoom(env, pool.id),
    (room) => room.configure(pool),
  )
  await pushProfiles(env, 'everyone')
  return kept
}

/** POOL-9: rooms and lists know people only; which teams they came by is for those who set up the pool. */
async function withTeams(env: Env, pool: Pool): Promise<Pool['members']> {
  const teams = new Map((await listTeams(env.DB)).map(({ id, members }) => [id, members]))
  return membersOf(pool, (id) => teams.get(id))
}

/** POOL-16: a new pool has no numbers yet; the beginnings that are barred, and the lists' version, it knows before it opens. */
async function giveDoNotCall(env: Env, poolId: string): Promise<void> {
  const version = await doNotCallVersion(env.DB)
  const values = (await prefixesOf(env.DB, [GLOBAL])).map(({ number }) => number)
  await asking(
    () => poolRoom(env, poolId),
    (room) => room.addDoNotCall({ list: GLOBAL, version, at: Date.now(), by: { id: '', name: '' }, values }),
  )
}

export async function withStats(env: Env, pool: Pool): Promise<PoolView> {
  const stats = await asking(
    () => poolRoom(env, pool.id),
    (room) => room.stats(),
  )
  return { ...pool, stats }
}
