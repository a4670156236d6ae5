import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'

type Stub = Parameters<typeof runInDurableObject>[0]

/** Throws the room's instance away, as an eviction does: memory gone, rows kept. */
export async function evict(stub: Stub): Promise<void> {
  await runInDurableObject(stub, (_room, state) => {
    state.abort('evicted by a test')
  }).catch(() => {})
}

/** Lets a timer row come due now. */
export async function elapse(stub: Stub, timer: string): Promise<void> {
  await runInDurableObject(stub, async (_room, state) => {
    const { rowsWritten } = state.storage.sql.exec('UPDATE timer SET at = 1 WHERE name = ?', timer)
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
