import { env } from 'cloudflare:test'
import { PRESETS, type PresetName } from '#shared/domain/pool/presets'
import type { StagedRow } from '#shared/domain/import/staged'
import type { AgentCommand } from '#shared/protocol/commands'
import type { Pool } from '#shared/protocol/pools'
import type { LeaseView } from '#shared/protocol/pulls'
import { partsOf } from '#worker/import/stage'
import { poolRoom } from '#worker/rooms/doors'
import { isRefusal, type Asked, type PoolPort } from '#worker/rooms/ports'
import { numberOf } from './numbers'

/** Where it is about noon now: a test that is run shortly before midnight in Istanbul is about nothing else. */
const hoursToNoon = 12 - new Date().getUTCHours()
// the signs of these zones are the other way round (IANA: etcetera)
const NOON_ZONE = `Etc/GMT${hoursToNoon > 0 ? '-' : '+'}${Math.abs(hoursToNoon)}`

/** A pool as a test wants it: telecalling, three attempts, ten minutes, everyone. */
export function aPool(id: string, over: Partial<Pool> & { preset?: PresetName } = {}): Pool {
  const preset = over.preset ?? 'telecalling'
  return {
    id,
    version: 1,
    name: `Pool ${id}`,
    country: 'TR',
    timeZone: NOON_ZONE,
    maxAttempts: 3,
    leaseMinutes: 10,
    preset,
    members: 'everyone',
    script: '',
    wrapUpSeconds: 30,
    skipBudget: null,
    callbackGraceMinutes: 15,
    state: 'open',
    dispositions: PRESETS[preset].dispositions,
    createdAt: 0,
    ...over,
  }
}

export function aRow(
  n: number,
  over: { phone?: string; name?: string; userCode?: string | null; priority?: number | null } = {},
): StagedRow {
  const phone = over.phone ?? numberOf(n)
  const name = over.name ?? `Customer ${n}`
  return {
    row: n + 1,
    given: { name, phone },
    name,
    fault: null,
    phone,
    phoneGiven: phone,
    customerId: `c${phone.slice(1)}`,
    fields: {
      name,
      userCode: over.userCode ?? null,
      email: null,
      notes: null,
      language: null,
      timeZone: null,
      tags: [],
      custom: {},
    },
    priority: over.priority ?? null,
    warnings: [],
  }
}

export function granted<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new Error(`refused: ${reply.refused}`)
  return reply
}

/** Rows as they travel to a room. */
export const packed = (rows: StagedRow[]) => [...partsOf(rows)]

/** Opens a pool and puts these customers into it, as an import does. */
export async function openPool(id: string, rows: StagedRow[] | number, over: Parameters<typeof aPool>[1] = {}) {
  const room = poolRoom(env, id)
  await room.configure(aPool(id, over))
  const staged = typeof rows === 'number' ? Array.from({ length: rows }, (_, n) => aRow(n + 1)) : rows
  if (staged.length > 0) await fill(room, staged)
  return room
}

export async function fill(
  room: PoolPort,
  rows: StagedRow[],
  policy: 'merge' | 'skip' | 'error' = 'merge',
  sharedNumbers: 'hold-back' | 'second-person' = 'hold-back',
) {
  const id = crypto.randomUUID()
  const by = { id: 'dora', name: 'Dora' }
  granted(
    await room.openImport({
      id,
      fileName: 'list.xlsx',
      sha256: 'a'.repeat(64),
      rowCount: rows.length,
      policy,
      sharedNumbers,
      columns: [],
      by,
      at: 1,
    }),
  )
  for (let n = 0; n * 1000 < rows.length; n += 1) {
    granted(await room.putChunk(id, n, packed(rows.slice(n * 1000, n * 1000 + 1000))))
  }
  const checked = granted(await room.importView(id))
  let view = checked
  while (view.state !== 'committed') view = granted(await room.commitSlice(id))
  return { checked, view }
}

export const alice = { userId: 'alice', name: 'Alice', role: 'agent' as const }
export const bob = { userId: 'bob', name: 'Bob', role: 'agent' as const }
export const carol = { userId: 'carol', name: 'Carol', role: 'supervisor' as const }
export const dora = { userId: 'dora', name: 'Dora', role: 'administrator' as const }

export async function pull(room: PoolPort, agent: { userId: string; name: string }, id: string | null = null) {
  return granted(await room.pull({ id, agentId: agent.userId, agentName: agent.name }))
}
export async function lease(room: PoolPort, agent: { userId: string; name: string }): Promise<LeaseView> {
  const reply = await pull(room, agent)
  if (reply.lease === null) throw new Error(`nothing due: ${JSON.stringify(reply.blocked)}`)
  return reply as LeaseView
}

type Body = Partial<Record<string, unknown>>
/** A command about a lease, as an agent's outbox sends it. */
export function about(view: LeaseView, kind: AgentCommand['kind'], body: Body = {}): AgentCommand {
  const target = { poolId: view.entry.poolId, entryId: view.entry.id, token: view.lease.token }
  return { id: crypto.randomUUID(), at: view.lease.since, kind, ...target, ...body } as AgentCommand
}
export const said = (view: LeaseView, disposition: string, body: Body = {}) =>
  about(view, 'record-disposition', { disposition, ...body })
