import * as z from 'zod'
import { may } from '#shared/domain/access/table'
import { LARGEST_FILE, MIME_TYPES } from '#shared/domain/recording/sound-kind'
import { id } from '#shared/protocol/common'
import { recordingView } from '#shared/protocol/recordings'
import { audited } from '../auth/audit'
import { findAttempt } from '../db/attempts'
import { bookRecordings, findRecording, viewOf, type RecordingRow } from '../db/recordings'
import { newDataKey } from '../recording/keys'
import { keepFile } from '../recording/sound-file'
import { RefusalError } from '../refusals'
import { ledgerRoom } from '../rooms/doors'
import { endpoint, json, router } from './endpoint'
import { vaultFor } from './recording'

export const soundFiles = router()

/**
 * PHONE-11: a sound file (mp3, m4a, wav, ogg; 50 MB; by its first bytes) beside an attempt, sealed like a recording. The body is
 * the file. An agent: to their own attempts. The same id again answers what is there. Refuses unknown-attempt, sound-unreadable,
 * file-too-large, conflict.
 */
endpoint(
  soundFiles,
  'recording.attach',
  {
    method: 'put',
    path: '/attempts/{attemptId}/recordings/{recordingId}',
    tags: ['recordings'],
    summary: 'Attach a sound file to an attempt',
    request: {
      params: z.object({ attemptId: id, recordingId: z.uuid() }),
      query: z.object({ fileName: z.string().trim().min(1).max(200) }),
      body: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
    responses: { 200: json(recordingView, 'Kept') },
  },
  async (c) => {
    const vault = vaultFor(c.env)
    const { userId, role } = c.get('actor')
    const { attemptId, recordingId } = c.req.valid('param')
    const attempt = await findAttempt(c.env.DB, attemptId)
    if (!attempt || (attempt.agentId !== userId && !may(role, 'attempt.read.any')))
      throw new RefusalError('unknown-attempt')
    const known = await findRecording(c.env.DB, recordingId)
    if (known?.attemptId === attemptId) return c.json(viewOf(known), 200)
    if (known || (await ledgerRoom(c.env, recordingId).recordingOf(recordingId))) throw new RefusalError('conflict')

    const length = Number(c.req.header('content-length') ?? Number.NaN)
    const { body } = c.req.raw
    if (!Number.isInteger(length) || length <= 0 || !body) throw new RefusalError('invalid-input', 'how long is it?')
    if (length > LARGEST_FILE) throw new RefusalError('file-too-large')
    const to = { recordingId, callId: attemptId }
    const { key, wrapped } = await newDataKey(vault.ring, to)
    const kept = await keepFile(vault.bucket, key, to, body as ReadableStream<Uint8Array>, length)
    if (!kept.ok) throw new RefusalError(kept.refusal, kept.detail)
    const row: RecordingRow = {
      id: recordingId,
      source: 'file',
      callId: null,
      attemptId,
      agentId: attempt.agentId,
      agentName: attempt.agentName,
      other: attempt.phone,
      poolId: attempt.poolId,
      direction: null,
      startedAt: attempt.at,
      endedAt: null,
      durationMs: 0,
      channels: 0,
      mimeType: MIME_TYPES[kept.value.kind],
      bytes: length,
      gaps: [],
      state: 'finished',
      isCut: false,
      consent: null,
      fileName: c.req.valid('query').fileName,
      keyVersion: wrapped.version,
      wrappedKey: wrapped.wrapped,
      pieces: kept.value.pieces,
      rev: 0,
    }
    await bookRecordings(c.env.DB, [row])
    await audited(c, 'recording.attach', recordingId, { attemptId, bytes: length })
    return c.json(viewOf(row), 200)
  },
)
