import type { Reply } from '../api/reply'
import type { KeptRecording } from './recording-db'
import type { RecordingEdge } from './recording-api'
import type { RecordingStore } from './recording-store'

export type UploadDeps = {
  store: Pick<RecordingStore, 'list' | 'get' | 'firstChunk' | 'dropChunk' | 'change' | 'forget'>
  edge: RecordingEdge
  /** Whether a page of this browser records it now: a recording without an end is else one whose page went away. */
  isLive(id: string): Promise<boolean>
  now(): number
}
/** A call that the edge does not know may be booked late; after this its recording belongs to no call. */
export const GIVE_UP_MS = 3 * 24 * 3600_000

type Outcome = 'done' | 'waits' | 'stop'

/**
 * Delivers what this device has recorded, oldest first, one chunk at a time: memory holds one. A chunk is forgotten here when
 * the edge has said that it is at rest; a recording, when the edge has said that nothing of it is missing.
 *
 *   open ─▶ chunk 0 … chunk n ─▶ end ─▶ forgotten        refused for good ─▶ forgotten        no answer ─▶ later, from there
 */
export async function deliver(deps: UploadDeps): Promise<'empty' | 'waits'> {
  let waits = false
  for (const { id } of await deps.store.list()) {
    const outcome = await deliverOne(deps, id)
    if (outcome === 'stop') return 'waits'
    waits ||= outcome === 'waits'
  }
  return waits ? 'waits' : 'empty'
}

async function deliverOne(deps: UploadDeps, id: string): Promise<Outcome> {
  const { store, edge } = deps
  const found = await store.get(id)
  if (!found) return 'done'
  const recording = await markCut(deps, found)
  if (!recording.isOpened) {
    if (!(await store.firstChunk(id))) return forgetEmpty(deps, recording)
    const opened = await edge.open(recording)
    if (!opened.ok) return refusedOpening(deps, recording, opened.problem.code)
    await store.change(id, () => ({ isOpened: true, refusedAt: null }))
  }
  for (let chunk = await store.firstChunk(id); chunk; chunk = await store.firstChunk(id)) {
    const sent = await edge.put(chunk)
    if (!sent.ok) {
      const { code } = sent.problem
      if (code === 'unknown-recording' || code === 'recording-ended') return gone(deps, id)
      // other bytes under this number are there already: they were first
      if (code !== 'chunk-mismatch') return 'stop'
    }
    await store.dropChunk(chunk)
  }
  return end(deps, id)
}

async function end({ store, edge }: UploadDeps, id: string): Promise<Outcome> {
  const recording = await store.get(id)
  if (!recording) return 'done'
  if (recording.endedAt === null) return 'waits'
  let ended: Reply<{ missing: number[] }> = await edge.end(recording, false)
  // all that was here went: what the edge still misses is lost
  if (ended.ok && ended.value.missing.length > 0) ended = await edge.end(recording, true)
  if (!ended.ok && ended.problem.code !== 'unknown-recording') return 'stop'
  await store.forget(id)
  return 'done'
}

/** A recording whose page went away ends with what it has. */
async function markCut({ store, isLive, now }: UploadDeps, recording: KeptRecording): Promise<KeptRecording> {
  if (recording.endedAt !== null || (await isLive(recording.id))) return recording
  const endedAt = now()
  await store.change(recording.id, (one) => (one.endedAt === null ? { endedAt, isCut: true } : {}))
  return (await store.get(recording.id)) ?? recording
}

async function forgetEmpty({ store }: UploadDeps, { id, endedAt }: KeptRecording): Promise<Outcome> {
  if (endedAt === null) return 'waits'
  await store.forget(id)
  return 'done'
}

async function refusedOpening(
  { store, now }: UploadDeps,
  { id, refusedAt, endedAt }: KeptRecording,
  code: string,
): Promise<Outcome> {
  // what may not be recorded is not kept either
  if (code === 'recording-off') return gone({ store }, id)
  if (code !== 'unknown-call') return 'stop'
  if (endedAt !== null && now() - (refusedAt ?? now()) > GIVE_UP_MS) return gone({ store }, id)
  await store.change(id, (one) => ({ refusedAt: one.refusedAt ?? now() }))
  return 'waits'
}

async function gone({ store }: Pick<UploadDeps, 'store'>, id: string): Promise<Outcome> {
  await store.forget(id)
  return 'done'
}
