import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { CHUNK_MS } from '#shared/domain/recording/chunks'
import { openRecordingDb } from '../../../web/src/lib/recording/recording-db'
import type { RecordingEdge } from '../../../web/src/lib/recording/recording-api'
import { RecordingStore } from '../../../web/src/lib/recording/recording-store'
import { deliver, GIVE_UP_MS } from '../../../web/src/lib/recording/recording-upload'
import { RecordedCall } from '../../../web/src/lib/recording/recorded-call'
import { FakeEdge, FakeRecorder } from './fakes'

const NOON = Date.UTC(2026, 10, 21, 12)
let person = 0
const clock = { now: NOON }
let store: RecordingStore
let live: Set<string>

beforeEach(async () => {
  clock.now = NOON
  live = new Set()
  store = new RecordingStore(await openRecordingDb(`alice-${person++}`))
})

let made = 0
async function record(over: { addChunk?: RecordingStore['addChunk'] } = {}) {
  const id = `recording-${made++}`
  await store.begin({ id, callId: 'call', startedAt: clock.now, mimeType: 'audio/webm', consent: 'agreed' })
  live.add(id)
  const recorder = new FakeRecorder(clock)
  const heard = { stored: 0, failed: 0 }
  const sink = {
    addChunk: over.addChunk ?? store.addChunk.bind(store),
    change: store.change.bind(store),
  }
  const call = new RecordedCall(id, {
    recorder,
    sink,
    takePeaks: () => new Uint8Array([9, 9]),
    now: () => clock.now,
    stored: () => heard.stored++,
    failed: () => heard.failed++,
  })
  call.start()
  return { id, recorder, call, heard }
}
const deliverTo = (edge: RecordingEdge) =>
  deliver({ store, edge, isLive: async (id) => live.has(id), now: () => clock.now })
const waiting = async (id: string) => (await store.get(id))?.chunks ?? null

describe('[PHONE-11] a call that is recorded', () => {
  it('is stored chunk by chunk, delivered while it runs, and forgotten when the edge has all of it', async () => {
    const edge = new FakeEdge()
    const { id, recorder, call } = await record()
    recorder.tick([1, 2])
    recorder.tick([3, 4])
    await expect.poll(() => waiting(id)).toBe(2)
    expect(await deliverTo(edge)).toBe('waits')
    expect(edge.soundOf(id)).toEqual([1, 2, 3, 4])
    expect(await store.firstChunk(id)).toBeNull()

    recorder.speak(5)
    clock.now += 2_000
    await call.stop()
    live.delete(id)
    expect(await deliverTo(edge)).toBe('empty')
    expect(edge.soundOf(id)).toEqual([1, 2, 3, 4, 5])
    expect([...edge.chunks.get(id)!.values()].map(({ ms }) => ms)).toEqual([5_000, 5_000, 2_000])
    expect(edge.ended.get(id)).toMatchObject({ chunks: 3, endedAt: NOON + 12_000, isCut: false })
    expect(await store.list()).toEqual([])
  })

  it('stands still while it is on hold or a card’s number is typed: nothing said then is in it, and the gap is marked', async () => {
    const edge = new FakeEdge()
    const { id, recorder, call } = await record()
    recorder.tick([1])
    clock.now += 1_000
    recorder.speak(2)
    call.pause('hold')
    expect(call.pauseReason).toBe('hold')
    recorder.tick([66])
    call.pause('card')
    call.resume('hold')
    recorder.tick([66])
    call.resume('card')
    recorder.tick([3])
    await call.stop()
    live.delete(id)
    await deliverTo(edge)
    expect(edge.soundOf(id)).toEqual([1, 2, 3])
    expect(edge.ended.get(id)!.gaps).toEqual([{ atMs: 6_000, ms: 10_000, why: 'hold' }])
    expect([...edge.chunks.get(id)!.values()].reduce((sum, { ms }) => sum + ms, 0)).toBe(11_000)
  })

  it('is finished at the next start when its page died: what was stored goes, marked as cut off', async () => {
    const edge = new FakeEdge()
    const { id, recorder, call } = await record()
    recorder.tick([1])
    call.pause('hand')
    clock.now += 4_000
    call.resume('hand')
    recorder.tick([2])
    await expect.poll(() => waiting(id)).toBe(2)
    // the browser is killed: no stop, its lock is gone
    live.delete(id)
    clock.now += 60_000
    expect(await deliverTo(edge)).toBe('empty')
    expect(edge.soundOf(id)).toEqual([1, 2])
    expect(edge.ended.get(id)).toMatchObject({
      isCut: true,
      chunks: 2,
      gaps: [{ atMs: 5_000, ms: 4_000, why: 'hand' }],
    })
    expect(await store.list()).toEqual([])
  })

  it('survives lost answers: everything is sent again, and is there once', async () => {
    const edge = new FakeEdge()
    const { id, recorder, call } = await record()
    for (let n = 0; n < 3; n++) recorder.tick([n])
    await call.stop()
    live.delete(id)
    for (let tries = 0; tries < 5; tries++) {
      edge.loses = 1
      expect(await deliverTo(edge)).toBe('waits')
    }
    edge.loses = 0
    expect(await deliverTo(edge)).toBe('empty')
    expect(edge.soundOf(id)).toEqual([0, 1, 2])
  })

  it('that may not be kept, or whose call nobody ever knew, leaves the device', async () => {
    const edge = new FakeEdge()
    for (const [refusal, later] of [
      ['recording-off', 0],
      ['unknown-call', GIVE_UP_MS + 1],
    ] as const) {
      const { id, recorder, call } = await record()
      recorder.tick()
      await call.stop()
      live.delete(id)
      edge.refuses = refusal
      const first = await deliverTo(edge)
      expect(first).toBe(later === 0 ? 'empty' : 'waits')
      clock.now += later
      await deliverTo(edge)
      expect(await store.list()).toEqual([])
    }
  })

  it('stops and says so when the device is full; what was stored is delivered', async () => {
    const edge = new FakeEdge()
    let room = 2
    const { id, recorder, call, heard } = await record({
      addChunk: async (chunk, gaps) => {
        if (room-- <= 0) throw new DOMException('full', 'QuotaExceededError')
        await store.addChunk(chunk, gaps)
      },
    })
    for (let n = 0; n < 4; n++) {
      recorder.tick([n])
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await expect.poll(() => heard.failed).toBe(1)
    expect(recorder.state).toBe('inactive')
    await call.stop()
    live.delete(id)
    expect(await deliverTo(edge)).toBe('empty')
    expect(edge.soundOf(id)).toEqual([0, 1])
    expect(edge.ended.get(id)!.isCut).toBe(true)
  })

  it('of 60 minutes holds no more in memory than of one: a chunk or two', async () => {
    const MINUTES = 60
    const CHUNK = Array.from({ length: 2_000 }, (_, at) => at % 256)
    let most = 0
    const edge = new FakeEdge()
    // delivered, and then no longer held by anyone: bytes only are counted
    let delivered = 0
    edge.put = async ({ sound }) => {
      delivered += sound.byteLength
      return { ok: true, value: null }
    }
    edge.end = async () => ({ ok: true, value: { missing: [] } })
    const { id, recorder, call } = await record()
    for (let n = 0; n < (MINUTES * 60_000) / CHUNK_MS; n++) {
      recorder.tick(CHUNK)
      most = Math.max(most, call.waiting)
      await expect.poll(() => call.waiting, { interval: 1 }).toBe(0)
      if (n % 12 === 11) {
        await deliverTo(edge)
        expect(await store.firstChunk(id)).toBeNull()
      }
    }
    expect(await waiting(id)).toBe(720)
    await call.stop()
    live.delete(id)
    await deliverTo(edge)
    expect(most).toBe(1)
    expect(delivered).toBe(720 * CHUNK.length)
    expect(await store.list()).toEqual([])
  }, 60_000)
})
