import * as z from 'zod'
import { id } from '#shared/protocol/common'
import {
  callRecording,
  chunkNumber,
  chunkPeaks,
  chunkQuery,
  LARGEST_CHUNK,
  newRecording,
  recordingEnd,
  recordingEnded,
  recordingView,
} from '#shared/protocol/recordings'
import { viewOf, type RecordingRow } from '../db/recordings'
import type { Env } from '../env'
import { callOf, policyFor } from '../recording/call-facts'
import { newDataKey, type BoundTo } from '../recording/keys'
import { sealPiece, sha256 } from '../recording/seal'
import { boundTo, chunkName, keyOf, vaultOf, type Vault } from '../recording/vault'
import { RefusalError } from '../refusals'
import { ledgerRoom } from '../rooms/doors'
import { isRefusal, type Asked } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** PHONE-11: what a browser that records sends. */
export const recording = router()
const tags = ['recordings']
const ofOne = z.object({ recordingId: z.uuid() })

export function vaultFor(env: Env): Vault {
  const vault = vaultOf(env)
  if (!vault) throw new RefusalError('unavailable', 'recordings are not set up')
  return vault
}
export function granted<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new RefusalError(reply.refused)
  return reply as T
}

/** Asked when a call begins. Refuses unknown-call. */
endpoint(
  recording,
  'recording.make',
  {
    method: 'get',
    path: '/calls/{callId}/recording',
    tags,
    summary: 'Whether this call of yours is recorded',
    request: { params: z.object({ callId: id }) },
    responses: { 200: json(callRecording, 'off, ask (by hand, after they agreed) or always') },
  },
  async (c) => {
    const call = await callOf(c.env, c.get('actor'), c.req.valid('param').callId)
    if (!call) throw new RefusalError('unknown-call')
    return c.json({ policy: await policyFor(c.env, call) }, 200)
  },
)

/** Before its first chunk, in the call or at the next start after a crash. Idempotent by id. Refuses unknown-call, recording-off. */
endpoint(
  recording,
  'recording.make',
  {
    method: 'post',
    path: '/recordings',
    tags,
    summary: 'Open a recording of a call of yours',
    request: body(newRecording),
    responses: { 201: json(recordingView, 'Open: its chunks may come') },
  },
  async (c) => {
    const { id: recordingId, callId, startedAt, mimeType, consent } = c.req.valid('json')
    const vault = vaultFor(c.env)
    const actor = c.get('actor')
    const room = ledgerRoom(c.env, recordingId)
    const known = await room.recordingOf(recordingId)
    if (known) {
      if (known.agentId !== actor.userId || known.callId !== callId) throw new RefusalError('unknown-call')
      return c.json(viewOf(known), 201)
    }
    const call = await callOf(c.env, actor, callId)
    if (!call) throw new RefusalError('unknown-call')
    const policy = await policyFor(c.env, call)
    if (policy === 'off') throw new RefusalError('recording-off')
    if (policy === 'ask' && consent !== 'agreed') throw new RefusalError('recording-off', 'this pool asks first')
    const { wrapped } = await newDataKey(vault.ring, { recordingId, callId })
    const row: RecordingRow = {
      id: recordingId,
      source: 'call',
      callId,
      attemptId: null,
      agentId: actor.userId,
      agentName: actor.name,
      other: call.other,
      poolId: call.poolId,
      direction: call.direction,
      // a device whose clock is wrong: it began within its call
      startedAt: Math.max(call.startedAt, Math.min(startedAt, call.endedAt ?? Date.now())),
      endedAt: null,
      durationMs: 0,
      channels: 2,
      mimeType,
      bytes: 0,
      gaps: [],
      state: 'recording',
      isCut: false,
      consent,
      fileName: null,
      keyVersion: wrapped.version,
      wrappedKey: wrapped.wrapped,
      pieces: [],
      rev: 0,
    }
    return c.json(viewOf(await room.openRecording(row)), 201)
  },
)

/**
 * Sealed, at rest, and noted when this answers; the same chunk again changes nothing. Refuses unknown-recording,
 * chunk-mismatch (other bytes under this number, or not the bytes of `hash`), recording-ended, too-large.
 */
endpoint(
  recording,
  'recording.make',
  {
    method: 'put',
    path: '/recordings/{recordingId}/chunks/{n}',
    tags,
    summary: 'Send one chunk of a recording',
    request: {
      params: ofOne.extend({ n: chunkNumber }),
      query: chunkQuery,
      headers: z.object({ 'x-peaks': chunkPeaks.optional() }),
      body: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
    responses: { 204: { description: 'Kept' } },
  },
  async (c) => {
    const vault = vaultFor(c.env)
    const { recordingId, n } = c.req.valid('param')
    const { hash, ms } = c.req.valid('query')
    const peaks = c.req.valid('header')['x-peaks'] ?? ''
    const { userId } = c.get('actor')
    const sound = new Uint8Array(await c.req.arrayBuffer())
    if (sound.length > LARGEST_CHUNK) throw new RefusalError('too-large')
    if (sound.length === 0) throw new RefusalError('invalid-input', 'an empty chunk')
    if ((await sha256(sound)) !== hash) throw new RefusalError('chunk-mismatch')
    const { key, to } = await openFor(c.env, vault, recordingId, userId)
    const name = chunkName(recordingId, n, hash)
    await vault.bucket.put(name, await sealPiece(key, to, n, sound))
    const room = ledgerRoom(c.env, recordingId)
    const noted = await room.noteChunk(recordingId, userId, { n, hash, bytes: sound.length, ms, peaks })
    if (isRefusal(noted)) {
      await vault.bucket.delete(name)
      throw new RefusalError(noted.refused)
    }
    return c.body(null, 204)
  },
)

/** Refuses unknown-recording. `missing`: send these again, then this. */
endpoint(
  recording,
  'recording.make',
  {
    method: 'post',
    path: '/recordings/{recordingId}/end',
    tags,
    summary: 'Say that a recording is over',
    request: { params: ofOne, ...body(recordingEnd) },
    responses: { 200: json(recordingEnded, 'What is missing; nothing: the device may forget it') },
  },
  async (c) => {
    const { recordingId } = c.req.valid('param')
    const room = ledgerRoom(c.env, recordingId)
    const { missing } = granted(await room.endRecording(recordingId, c.get('actor').userId, c.req.valid('json')))
    return c.json({ missing }, 200)
  },
)

type Opened = { key: CryptoKey; to: BoundTo; userId: string }
/** Of this isolate: a chunk comes every five seconds, and its key need not be asked for each time. */
const opened = new Map<string, Opened>()
const MOST_OPENED = 500

async function openFor(env: Env, vault: Vault, recordingId: string, userId: string): Promise<Opened> {
  const known = opened.get(recordingId)
  if (known?.userId === userId) return known
  const row = await ledgerRoom(env, recordingId).recordingOf(recordingId)
  if (!row || row.agentId !== userId) throw new RefusalError('unknown-recording')
  const key = await keyOf(vault, row)
  if (!key) throw new RefusalError('unavailable', 'the key of this recording is not set up')
  const found = { key, to: boundTo(row), userId }
  if (opened.size >= MOST_OPENED) opened.delete(opened.keys().next().value!)
  opened.set(recordingId, found)
  return found
}
