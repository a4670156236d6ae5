/** A reader waits at most this long for its own write; then it gets what is there. */
export const WAIT_MS = 2_000
const STEP_MS = 25

/**
 * Read your own write: a change's reply carried `projection: {room, seq}`; a list asked with `?after=room:seq` waits here
 * until that room's journal is in D1 that far. false: it was not within the time; the list is still answered.
 */
export async function waitFor(db: D1Database, after: string | undefined, sleep = pause): Promise<boolean> {
  if (after === undefined) return true
  const colon = after.lastIndexOf(':')
  const room = after.slice(0, colon)
  const wanted = Number(after.slice(colon + 1))
  for (let waited = 0; ; waited += STEP_MS) {
    const row = await db.prepare('SELECT seq FROM projections WHERE room = ?').bind(room).first<{ seq: number }>()
    if (row && row.seq >= wanted) return true
    if (waited >= WAIT_MS) return false
    await sleep(STEP_MS)
  }
}
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
