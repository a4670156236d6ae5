import { uuidv7 } from 'uuidv7'
import * as z from 'zod'
import { may } from '#shared/domain/access/table'
import { spanOf } from '#shared/domain/recording/pieces'
import { mayHear, type RecordingSettings } from '#shared/domain/recording/policy'
import { daysKept, keptUntil } from '#shared/domain/recording/retention'
import { id } from '#shared/protocol/common'
import type { HeardRecording, RecordingView } from '#shared/protocol/recordings'
import {
  heardRecording,
  listens,
  newPeaks,
  recordingHold,
  recordingPage,
  recordingPeaks,
  recordingQuery,
} from '#shared/protocol/recordings'
import { readRecordingSettings } from '../db/recording-settings'
import {
  findRecording,
  listensOf,
  listRecordings,
  noteLength,
  noteListening,
  standingOf,
  viewOf,
  type Standing,
} from '../db/recordings'
import { audited } from '../auth/audit'
import { holdRecording } from '../recording/retention'
import { boundTo, chunkName, fromBase64, getPeaks, keyOf, putPeaks, soundStream, toBase64 } from '../recording/vault'
import type { RecordingRow } from '../db/recordings'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { ledgerRoom } from '../rooms/doors'
import type { Actor } from '../rooms/ports'
import { endpoint, json, router, body } from './endpoint'
import { vaultFor } from './recording'

/** PHONE-11: finding recordings, hearing them, and who heard them. */
export const recordings = router()
const tags = ['recordings']
const ofOne = z.object({ recordingId: id })

const listener = ({ userId, role }: Actor) => ({ userId, role, hearsAll: may(role, 'recording.hear.any') })

/** PHONE-11: how it stands to who asks: whether they may hear it, and until when it is kept. */
function standsTo(
  who: ReturnType<typeof listener>,
  settings: RecordingSettings,
  view: RecordingView,
  { heldAt, deletedAt, recordingDays }: Standing,
): HeardRecording {
  const isHeld = heldAt !== null
  const isThere = deletedAt === null
  return {
    ...view,
    mayHear: isThere && mayHear(who, view, settings),
    keptUntil: isThere ? keptUntil({ ...view, isHeld }, daysKept({ recordingDays }, settings)) : null,
    deletedAt,
    isHeld,
  }
}

/** Another agent's recording is as unknown to an agent as one that never was. Refuses unknown-recording, not-permitted. */
async function heardBy(env: Env, actor: Actor, recordingId: string): Promise<RecordingRow> {
  const row = await findRecording(env.DB, recordingId)
  const who = listener(actor)
  if (!row || (!who.hearsAll && row.agentId !== actor.userId)) throw new RefusalError('unknown-recording')
  if (!mayHear(who, row, await readRecordingSettings(env.DB))) throw new RefusalError('not-permitted')
  return row
}

/** Refuses recording-deleted besides. */
async function soundBy(env: Env, actor: Actor, recordingId: string): Promise<RecordingRow> {
  const row = await heardBy(env, actor, recordingId)
  if ((await standingOf(env.DB, row.id)).deletedAt !== null) throw new RefusalError('recording-deleted')
  return row
}

endpoint(
  recordings,
  'recording.hear',
  {
    method: 'get',
    path: '/recordings',
    tags,
    summary: 'Recordings, newest first; an agent sees their own',
    request: { query: recordingQuery },
    responses: { 200: json(recordingPage, 'A page of recordings') },
  },
  async (c) => {
    const who = listener(c.get('actor'))
    const settings = await readRecordingSettings(c.env.DB)
    const query = c.req.valid('query')
    const mine = who.hearsAll ? query : { ...query, agentId: who.userId }
    const page = await listRecordings(c.env.DB, mine, (view, standing) => standsTo(who, settings, view, standing))
    return c.json(page, 200)
  },
)

endpoint(
  recordings,
  'recording.hear',
  {
    method: 'get',
    path: '/recordings/{recordingId}',
    tags,
    summary: 'One recording',
    request: { params: ofOne },
    responses: { 200: json(heardRecording, 'What is known of it') },
  },
  async (c) => {
    const actor = c.get('actor')
    const row = await heardBy(c.env, actor, c.req.valid('param').recordingId)
    const [settings, standing] = await Promise.all([readRecordingSettings(c.env.DB), standingOf(c.env.DB, row.id)])
    return c.json(standsTo(listener(actor), settings, viewOf(row), standing), 200)
  },
)

/** A hold of the law: no days delete it while it stands. Refuses unknown-recording, recording-deleted. */
endpoint(
  recordings,
  'recording.hold',
  {
    method: 'put',
    path: '/recordings/{recordingId}/hold',
    tags,
    summary: 'Keep a recording whatever its days say, or no longer',
    request: { params: ofOne, ...body(recordingHold) },
    responses: { 200: json(heardRecording, 'As it stands now') },
  },
  async (c) => {
    const actor = c.get('actor')
    const row = await heardBy(c.env, actor, c.req.valid('param').recordingId)
    const { held, reason } = c.req.valid('json')
    if (!(await holdRecording(c.env.DB, row.id, held, Date.now()))) throw new RefusalError('recording-deleted')
    await audited(c, held ? 'recording.hold' : 'recording.release', row.id, { reason })
    const [settings, standing] = await Promise.all([readRecordingSettings(c.env.DB), standingOf(c.env.DB, row.id)])
    return c.json(standsTo(listener(actor), settings, viewOf(row), standing), 200)
  },
)

/** Audited before the first byte leaves. One range (RFC 9110 §14). Refuses unknown-recording, not-permitted. */
endpoint(
  recordings,
  'recording.hear',
  {
    method: 'get',
    path: '/recordings/{recordingId}/sound',
    tags,
    summary: 'The sound of a recording',
    request: { params: ofOne, query: z.object({ use: z.enum(['listen', 'download']).default('listen') }) },
    responses: {
      200: { description: 'The sound', content: { 'audio/*': { schema: { type: 'string', format: 'binary' } } } },
      206: { description: 'A part of it' },
      416: { description: 'No such part' },
    },
  },
  async (c) => {
    const actor = c.get('actor')
    const vault = vaultFor(c.env)
    const { recordingId } = c.req.valid('param')
    const row = await soundBy(c.env, actor, recordingId)
    const key = await keyOf(vault, row)
    if (!key) throw new RefusalError('unavailable', 'the key of this recording is not set up')
    const heard = { recordingId, userId: actor.userId, use: c.req.valid('query').use, at: Date.now() }
    await noteListening(c.env.DB, { ...heard, auditId: uuidv7() })
    const sound = await soundOf(c.env, row)
    const total = sound.sizes.reduce((sum, size) => sum + size, 0)
    const span = spanOf(c.req.header('range'), total)
    const headers = {
      'content-type': row.mimeType,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-disposition': heard.use === 'download' ? `attachment; filename="${row.id}"` : 'inline',
    }
    if (span === 'none') return c.body(null, 416, { ...headers, 'content-range': `bytes */${total}` })
    const { from, to } = span === 'whole' ? { from: 0, to: total } : span
    const stream = soundStream(vault.bucket, key, boundTo(row), sound, { from, to })
    const length = { ...headers, 'content-length': String(to - from) }
    if (span === 'whole') return c.body(stream, 200, length)
    return c.body(stream, 206, { ...length, 'content-range': `bytes ${from}-${to - 1}/${total}` })
  },
)

endpoint(
  recordings,
  'recording.hear',
  {
    method: 'get',
    path: '/recordings/{recordingId}/peaks',
    tags,
    summary: 'The picture of a recording’s sound',
    request: { params: ofOne },
    responses: { 200: json(recordingPeaks, 'Ten times a second a byte a channel; null: not made yet') },
  },
  async (c) => {
    const vault = vaultFor(c.env)
    const row = await soundBy(c.env, c.get('actor'), c.req.valid('param').recordingId)
    const soFar = row.state === 'finished' ? null : await ledgerRoom(c.env, row.id).piecesSoFar(row.id)
    if (soFar) return c.json({ peaks: toBase64(joined(soFar.peaks.map(fromBase64))) }, 200)
    const key = await keyOf(vault, row)
    const peaks = key && (await getPeaks(vault.bucket, key, boundTo(row)))
    return c.json({ peaks: peaks && toBase64(peaks) }, 200)
  },
)

/** By who plays an attached file first; once made it stays. Refuses conflict. */
endpoint(
  recordings,
  'recording.hear',
  {
    method: 'put',
    path: '/recordings/{recordingId}/peaks',
    tags,
    summary: 'Keep the picture of an attached file’s sound',
    request: { params: ofOne, ...body(newPeaks) },
    responses: { 204: { description: 'Kept' } },
  },
  async (c) => {
    const vault = vaultFor(c.env)
    const row = await soundBy(c.env, c.get('actor'), c.req.valid('param').recordingId)
    const key = await keyOf(vault, row)
    if (!key) throw new RefusalError('unavailable')
    if (row.source !== 'file' || (await getPeaks(vault.bucket, key, boundTo(row)))) throw new RefusalError('conflict')
    const { peaks, durationMs, channels } = c.req.valid('json')
    await putPeaks(vault.bucket, key, boundTo(row), fromBase64(peaks))
    await noteLength(c.env.DB, row.id, durationMs, channels)
    return c.body(null, 204)
  },
)

endpoint(
  recordings,
  'recording.listens',
  {
    method: 'get',
    path: '/recordings/{recordingId}/listens',
    tags,
    summary: 'Who heard a recording or took it along',
    request: { params: ofOne },
    responses: { 200: json(listens, 'Newest first') },
  },
  async (c) => {
    const row = await heardBy(c.env, c.get('actor'), c.req.valid('param').recordingId)
    return c.json({ items: await listensOf(c.env.DB, row.id) }, 200)
  },
)

async function soundOf(env: Env, row: RecordingRow) {
  if (row.state === 'finished') return { sizes: row.pieces, chunks: null }
  const room = ledgerRoom(env, row.id)
  const soFar = await room.piecesSoFar(row.id)
  if (!soFar) {
    // joined a moment ago, and not in D1 yet; or in D1 since we asked it
    const joinedRow = (await room.recordingOf(row.id)) ?? (await findRecording(env.DB, row.id))
    return { sizes: joinedRow?.pieces ?? [], chunks: null }
  }
  const chunks = soFar.hashes.map((hash, n) => (hash === null ? null : chunkName(row.id, n, hash)))
  return { sizes: soFar.sizes, chunks }
}

function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
