import {
  heardRecording,
  listens,
  recordingPage,
  recordingPeaks,
  recordingSetup,
  rewrapped,
  type RecordingSettingsView,
  type HeardRecording,
  type Listen,
  type RecordingPage,
} from '#shared/protocol/recordings'
import { problem as problemSchema } from '#shared/protocol/problem'
import { api, type Reply } from '../api/client'
import { withDuration } from './webm-duration'

export const listRecordings = (query: URLSearchParams): Promise<Reply<RecordingPage>> =>
  api.get(`/api/recordings?${query}`, { schema: recordingPage })

export const readListens = (id: string): Promise<Reply<{ items: Listen[] }>> =>
  api.get(`/api/recordings/${id}/listens`, { schema: listens })

export const readPeaks = (id: string) => api.get(`/api/recordings/${id}/peaks`, { schema: recordingPeaks })
export const keepPeaks = (id: string, body: { peaks: string; durationMs: number; channels: number }) =>
  api.put(`/api/recordings/${id}/peaks`, { body, quiet: true })

export const holdRecording = (id: string, body: { held: boolean; reason: string }): Promise<Reply<HeardRecording>> =>
  api.put(`/api/recordings/${id}/hold`, { body, schema: heardRecording })

export const readSetup = () => api.get('/api/recording-settings', { schema: recordingSetup })
export const keepSettings = (body: RecordingSettingsView) =>
  api.put('/api/recording-settings', { body, schema: recordingSetup })
export const rewrapKeys = () => api.post('/api/recording-keys/rewrap', { schema: rewrapped })

/** The sound as a file that players can seek in. Written down as listening or downloading before it comes. */
export async function fetchSound(
  { id, mimeType, durationMs }: HeardRecording,
  use: Listen['use'],
): Promise<Reply<Blob>> {
  try {
    const answer = await fetch(`/api/recordings/${id}/sound?use=${use}`, { cache: 'no-store' })
    if (!answer.ok) {
      const parsed = problemSchema.safeParse(await answer.json().catch(() => null))
      const code = parsed.success ? parsed.data.code : 'unavailable'
      return { ok: false, problem: { code, status: answer.status } }
    }
    if (mimeType !== 'audio/webm')
      return { ok: true, value: new Blob([await answer.arrayBuffer()], { type: mimeType }) }
    const whole = withDuration(new Uint8Array(await answer.arrayBuffer()), durationMs)
    return { ok: true, value: new Blob([whole], { type: mimeType }) }
  } catch {
    return { ok: false, problem: { code: 'offline', status: 0 } }
  }
}

/** IMP-7: the attempt's file; asked again with the same id it is there once. */
export const attachSound = (attemptId: string, id: string, file: File): Promise<Reply<HeardRecording>> =>
  api.put(`/api/attempts/${attemptId}/recordings/${id}?fileName=${encodeURIComponent(file.name.slice(-120))}`, {
    raw: file,
    rawType: 'application/octet-stream',
    timeoutMs: 300_000,
    schema: heardRecording,
  })
