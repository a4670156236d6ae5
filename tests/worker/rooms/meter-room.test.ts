import { env } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { evict } from '#tests/support/workerd/evict'
import type { MeteredCall, MeterPort } from '#worker/rooms/meter/meter-port'

const LIMITS = {
  perAgent: { atOnce: 2, perMinute: 5 },
  deployment: { atOnce: 4, perMinute: 50 },
  spendPerDay: 10,
  version: 1,
}
const newMeter = () => {
  const name = uuidv7()
  return { room: env.METER.getByName(name) as unknown as MeterPort, stub: env.METER.getByName(name) }
}
const call = (agentId: string, change: Partial<MeteredCall> = {}): MeteredCall => ({
  callId: uuidv7(),
  agentId,
  answeredAt: null,
  endedAt: null,
  pricePerMinute: 1,
  limits: LIMITS,
  ...change,
})

describe('the meter', () => {
  it('[SIP-7] lets as many go on as may, for one agent and for all; an ended call makes room', async () => {
    const { room } = newMeter()
    const [first, second] = [call('alice'), call('alice')]
    expect([(await room.note(first)).stop, (await room.note(second)).stop]).toEqual([null, null])
    expect((await room.note(call('alice'))).stop).toBe('too-many-calls')
    for (const agent of ['bob', 'carol']) expect((await room.note(call(agent))).stop).toBeNull()
    expect((await room.note(call('dave'))).stop).toBe('calls-full')
    await room.note({ ...first, endedAt: Date.now() })
    expect((await room.note(call('dave'))).stop).toBeNull()
    expect(await room.view()).toMatchObject({ running: 4, lastMinute: 5 })
  })

  it('[SIP-7] hears a call again, late and out of order, and counts it once, also after it lost its memory', async () => {
    const { room, stub } = newMeter()
    const answered = call('alice', { answeredAt: Date.now() - 60_000 })
    await room.note(answered)
    await evict(stub)
    const after = env.METER.getByName(stub.name!) as unknown as MeterPort
    await after.note(answered)
    await after.note({ ...answered, endedAt: answered.answeredAt! + 120_000 })
    await after.note({ ...answered, endedAt: answered.answeredAt! + 120_000 })
    await after.note(answered)
    expect(await after.view()).toMatchObject({ running: 0, spentToday: 2 })
  })

  it('[SIP-7] stays with its answer; who knocks on a closed door does not keep it closed', async () => {
    const { room } = newMeter()
    const limits = { ...LIMITS, perAgent: { atOnce: 1, perMinute: 2 } }
    const first = call('alice', { limits })
    await room.note(first)
    const refused = call('alice', { limits })
    for (let n = 0; n < 5; n++) expect((await room.note(refused)).stop).toBe('too-many-calls')
    await room.note({ ...first, endedAt: Date.now() })
    expect((await room.note(refused)).stop).toBe('too-many-calls')
    expect((await room.note(call('alice', { limits }))).stop).toBeNull()
  })

  it('[SIP-7] opens the breaker at the day’s limit, running calls counted; they go on', async () => {
    const { room } = newMeter()
    const running = call('alice', { answeredAt: Date.now() - 11 * 60_000 })
    await room.note(running)
    expect((await room.note(call('bob'))).stop).toBe('spend-limit')
    expect((await room.note(running)).stop).toBeNull()
    const dearer = { ...LIMITS, spendPerDay: 100, version: 2 }
    expect((await room.note(call('carol', { limits: dearer }))).stop).toBeNull()
    // a room that has not heard of the new rules yet does not bring the old ones back
    expect((await room.note(call('dave', { limits: LIMITS }))).stop).toBeNull()
  })
})
