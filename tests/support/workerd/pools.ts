import { env } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import { PRESETS } from '#shared/domain/pool/presets'
import type { Pool } from '#shared/protocol/pools'
import { pushProfiles } from '#worker/auth/profiles'
import { packed } from './pool'
import { poolRoom } from '#worker/rooms/doors'

let made = 0

/** A pool of the telecalling preset in D1 and its room, whose members hear of it; with this many customers. */
export async function makePool(members: string[], customers: number, change: Partial<Pool> = {}): Promise<Pool> {
  const createdAt = Date.now() + made++
  const pool: Pool = {
    id: uuidv7(),
    version: 1,
    name: `Pool ${made}`,
    country: 'TR',
    timeZone: 'Europe/Istanbul',
    maxAttempts: 3,
    leaseMinutes: 10,
    preset: 'telecalling',
    members,
    script: '',
    wrapUpSeconds: 30,
    skipBudget: null,
    callbackGraceMinutes: 15,
    state: 'open',
    dispositions: PRESETS.telecalling.dispositions,
    createdAt,
    ...change,
  }
  await env.DB.prepare(
    'INSERT INTO pools (id, name, country, state, settings, version, created_at) VALUES (?,?,?,?,?,?,?)',
  )
    .bind(pool.id, pool.name, pool.country, pool.state, JSON.stringify(pool), pool.version, createdAt)
    .run()
  await poolRoom(env, pool.id).configure(pool)
  if (customers > 0) await addCustomers(pool.id, customers)
  await pushProfiles(env, members)
  return pool
}

/** Fictional numbers, different in every pool. */
async function addCustomers(poolId: string, n: number): Promise<void> {
  const room = poolRoom(env, poolId)
  const importId = uuidv7()
  const base = 5_550_000_000 + made * 10_000
  const head = { fileName: 'list.csv', sha256: '0'.repeat(64), rowCount: n, policy: 'merge' as const }
  await room.openImport({ id: importId, ...head, by: { id: 'carol', name: 'Carol' }, at: Date.now() })
  const none = { userCode: null, email: null, notes: null, language: null, timeZone: null, tags: [], custom: {} }
  await room.putChunk(
    importId,
    0,
    packed(
      Array.from({ length: n }, (_, at) => ({
        row: at + 2,
        given: {},
        name: `Erin ${at}`,
        fault: null,
        phone: `+90${base + at}`,
        phoneGiven: `0${base + at}`,
        customerId: `c${made}x${at}`,
        fields: { ...none, name: `Erin ${at}` },
        priority: null,
        warnings: [],
      })),
    ),
  )
  await room.commitSlice(importId)
}
