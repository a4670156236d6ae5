import { env, runInDurableObject } from 'cloudflare:test'
import type { Final, HistoryEvent } from '#tests/support/history-checker'
import type { PoolRoom } from '#worker/rooms/pool-room'
import type { Line } from './line'

/** The figures the pool tells beside a count of its rows; both at one moment of the room. */
export async function booksOf(pool: string, line: Line): Promise<HistoryEvent> {
  const sent = line.tick()
  return runInDurableObject(env.POOL.getByName(pool), async (instance, state) => {
    const room = instance as PoolRoom
    const { total, pending, leased, completed, unreachable, doNotCall, paused } = await room.stats()
    const rows = state.storage.sql
      .exec<{ state: string; n: number }>('SELECT state, count(*) AS n FROM entry GROUP BY state')
      .toArray()
    const counted = Object.fromEntries(rows.map((row) => [row.state, row.n]))
    const figures = { pending, leased, completed, unreachable, 'do-not-call': doNotCall, paused, total }
    const sum = rows.reduce((all, row) => all + row.n, 0)
    return { kind: 'books' as const, figures, counted: { ...counted, total: sum }, sent, answered: sent }
  })
}

/** How the pool stands at the end, by its rows. */
export async function finalOf(pool: string): Promise<Final> {
  return runInDurableObject(env.POOL.getByName(pool), async (instance, state) => {
    const { sql } = state.storage
    type EntryRow = { id: number; phone: string; state: string; attempts: number; token: number }
    const entries = sql
      .exec<EntryRow>('SELECT id, phone, state, attempts+earlier AS attempts, token FROM entry')
      .toArray()
    const bodies = sql.exec<{ body: string }>('SELECT body FROM attempt').toArray()
    const { byDisposition } = await (instance as PoolRoom).stats()
    return {
      entries: entries.map((row) => ({ ...row, id: String(row.id) })),
      attempts: bodies.map(({ body }) => {
        const { id, entryId, token, disposition, late } = JSON.parse(body) as Final['attempts'][number]
        return { id, entryId: String(entryId), token, disposition, late }
      }),
      byDisposition,
    }
  })
}
