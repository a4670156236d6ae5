import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { bookCalls, findCall, listCalls } from '#worker/db/calls'
import type { CallRow, LedgerPort } from '#worker/rooms/ports'

const NOON = Date.UTC(2026, 5, 1, 12)
const callRow = (over: Partial<CallRow> = {}): CallRow => ({
  callId: 'c1',
  agentId: 'alice',
  agentName: 'Alice Moreno',
  other: '+905550100123',
  poolId: 'p1',
  entryId: '1',
  direction: 'outgoing',
  startedAt: NOON,
  answeredAt: NOON + 5_000,
  endedAt: NOON + 65_000,
  talkMs: 60_000,
  hangupCause: 'normal',
  sipStatus: 200,
  endedBy: 'caller',
  rev: 1,
  ...over,
})

describe('the ledger of calls', () => {
  it('books calls of many rooms into the books, once', async () => {
    const ledger = env.LEDGER.getByName('ledger-books')
    const rows = Array.from({ length: 1_200 }, (_, n) =>
      callRow({ callId: `books-${n}`, agentId: 'books', startedAt: NOON + n }),
    )
    await Promise.all([ledger.book(rows.slice(0, 700)), ledger.book(rows.slice(700)), ledger.book(rows.slice(0, 100))])
    await ledger.settled()
    const first = await listCalls(env.DB, { agentId: 'books', limit: 200 })
    expect(first.items[0]).toMatchObject({ callId: 'books-1199', talkMs: 60_000, endedBy: 'caller' })
    let { items, nextCursor } = first
    const seen = items.map((item) => item.callId)
    while (nextCursor) {
      ;({ items, nextCursor } = await listCalls(env.DB, { agentId: 'books', limit: 200, cursor: nextCursor }))
      seen.push(...items.map((item) => item.callId))
    }
    expect(seen.length).toBe(1_200)
    expect(new Set(seen).size).toBe(1_200)
  })

  it('the newest revision of a call stands, whatever the order they come in', async () => {
    await bookCalls(env.DB, [
      callRow({ callId: 'rev', rev: 3, hangupCause: 'busy' }),
      callRow({ callId: 'rev', rev: 2 }),
    ])
    await bookCalls(env.DB, [callRow({ callId: 'rev', rev: 1 })])
    expect(await findCall(env.DB, 'rev')).toMatchObject({ hangupCause: 'busy' })
  })

  it('keeps what is unknown unknown', async () => {
    await bookCalls(env.DB, [
      callRow({
        callId: 'missed',
        answeredAt: null,
        poolId: null,
        entryId: null,
        sipStatus: 486,
        talkMs: 0,
        endedBy: null,
      }),
    ])
    expect(await findCall(env.DB, 'missed')).toMatchObject({
      answeredAt: null,
      poolId: null,
      sipStatus: 486,
      talkMs: 0,
      endedBy: null,
    })
  })

  it('answers after its own commit, and tries again by alarm when D1 fails', async () => {
    const ledger = env.LEDGER.getByName('ledger-down')
    await runInDurableObject(ledger, async (room, state) => {
      const inside = room as unknown as { env: typeof env }
      const { env: real } = inside
      let asked = 0
      inside.env = {
        ...real,
        DB: {
          prepare: () => ({
            bind: () => ({
              run: () => {
                asked += 1
                return Promise.reject(new Error('D1 is down'))
              },
            }),
          }),
        } as unknown as D1Database,
      }
      await (room as unknown as LedgerPort).book([callRow({ callId: 'down' })])
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM journal').one().n).toBe(1)
      // whoever kills it now finds an alarm that was set with the row
      expect(await state.storage.getAlarm()).not.toBeNull()
      while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      inside.env = real
    })
    expect(await findCall(env.DB, 'down')).toBeNull()
    await runDurableObjectAlarm(ledger)
    await ledger.settled()
    expect(await findCall(env.DB, 'down')).toMatchObject({ callId: 'down' })
  })

  it('one row that the books cannot take holds back no other', async () => {
    const broken = callRow({ callId: 'broken', agentName: null as unknown as string })
    await bookCalls(env.DB, [callRow({ callId: 'before' }), broken, callRow({ callId: 'after' })])
    expect(await findCall(env.DB, 'broken')).toBeNull()
    expect(await findCall(env.DB, 'before')).not.toBeNull()
    expect(await findCall(env.DB, 'after')).not.toBeNull()
  })
})
