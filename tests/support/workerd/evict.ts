import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'

type Stub = Parameters<typeof runInDurableObject>[0]

/** Throws the room's instance away, as an eviction does: memory gone, rows kept. */
export async function evict(stub: Stub): Promise<void> {
  await runInDurableObject(stub, (_room, state) => {
    state.abort('evicted by a test')
  }).catch(() => {})
}

/** Lets a timer row come due now. */
export const elapse = (stub: Stub, timer: string): Promise<void> => overdue(stub, timer, 1)

/** Lets a timer row fire so many ms after it was due, as when the server was away. */
export async function overdue(stub: Stub, timer: string, ms: number): Promise<void> {
  await runInDurableObject(stub, async (_room, state) => {
    const due = Date.now() - ms
    const { rowsWritten } = state.storage.sql.exec('UPDATE timer SET at = ? WHERE name = ?', due, timer)
    if (rowsWritten === 0) throw new Error(`no timer ${timer}`)
    await state.storage.setAlarm(Date.now() + 60_000)
  })
  await runDurableObjectAlarm(stub)
}

export async function timersOf(stub: Stub): Promise<string[]> {
  return runInDurableObject(stub, (_room, state) =>
    state.storage.sql
      .exec<{ name: string }>('SELECT name FROM timer ORDER BY name')
      .toArray()
      .map((row) => row.name),
  )
}
