import { uuidv7 } from 'uuidv7'
import { api, token } from '../journeys/fixtures'
import type { House } from '../support/house'

/** Customers that can be pulled from the beginning. */
export const SEEDED = 6_000
const CHUNK = 1_000

export async function seed(house: House, poolId: string, admin: string): Promise<void> {
  const rows = Array.from({ length: SEEDED }, (_, index) => ({
    row: index + 2,
    phone: `+90560${String(index).padStart(7, '0')}`,
  }))
  const opening = { fileName: 'seed.csv', sha256: '0'.repeat(64), rowCount: rows.length }
  const { body: opened } = await api<{ id: string }>(house, admin, 'POST', `/api/pools/${poolId}/imports`, opening)
  for (let n = 0; n * CHUNK < rows.length; n += 1)
    await api(house, admin, 'PUT', `/api/imports/${opened.id}/chunks/${n}`, {
      rows: rows.slice(n * CHUNK, (n + 1) * CHUNK),
    })
  type Done = { state: string; projection?: { room: string; seq: number } }
  let done: Done
  do done = (await api<Done>(house, admin, 'POST', `/api/imports/${opened.id}/commit`)).body
  while (done.state === 'committing')
  if (done.state !== 'committed') throw new Error(`seed is ${done.state}`)
  // until the lists show it, so that the quiet that follows is one
  const after = `${done.projection!.room}:${done.projection!.seq}`
  for (;;) {
    const asked = performance.now()
    await api(house, admin, 'GET', `/api/pools/${poolId}/imports?after=${encodeURIComponent(after)}`)
    if (performance.now() - asked < 1_900) return
  }
}

export type Agent = {
  /** How long the pulls took since this was last asked, ms. */
  taken: () => number[]
  stop: () => Promise<void>
}

/** alice pulls and says what came of it, one after the other; each pull is timed. */
export async function pullOnAndOn(house: House, poolId: string, password: string): Promise<Agent> {
  const alice = await token(house, 'alice', password)
  await api(house, alice, 'PATCH', '/api/me', { dialWith: 'handset' })
  await api(house, alice, 'PUT', '/api/me/state', { state: 'available' })
  let isOn = true
  let times: number[] = []
  const pullOnce = async () => {
    const started = performance.now()
    type Pulled = { lease: { token: number } | null; entry: { id: string } }
    const { body } = await api<Pulled>(house, alice, 'POST', `/api/pools/${poolId}/pulls`, { id: uuidv7() })
    if (!body.lease) throw new Error(`nothing pulled: ${JSON.stringify(body)}`)
    times.push(performance.now() - started)
    const said = { entryId: body.entry.id, token: body.lease.token, disposition: 'reached' }
    const command = { id: uuidv7(), kind: 'record-disposition', at: Date.now(), poolId, ...said }
    await api(house, alice, 'POST', '/api/commands', { commands: [command] })
    await api(house, alice, 'PUT', '/api/me/state', { state: 'available' })
  }
  // the first ones warm what the quiet seconds must not pay for
  for (let n = 0; n < 20; n += 1) await pullOnce()
  times = []
  const work = (async () => {
    while (isOn) await pullOnce()
  })()
  return {
    taken: () => {
      const taken = times
      times = []
      return taken
    },
    stop: async () => {
      isOn = false
      await work
    },
  }
}
