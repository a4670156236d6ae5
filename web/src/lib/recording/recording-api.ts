import type { Policy } from '#shared/domain/recording/policy'
import { callRecording, recordingEnded, recordingView } from '#shared/protocol/recordings'
import { api, type Reply } from '../api/client'
import type { KeptChunk, KeptRecording } from './recording-db'

/** What the uploader asks of the edge; nobody is signed out by it: it works behind the screen. */
export interface RecordingEdge {
  open(recording: KeptRecording): Promise<Reply<unknown>>
  put(chunk: KeptChunk): Promise<Reply<unknown>>
  /** `isAll`: what is missing is lost. */
  end(recording: KeptRecording, isAll: boolean): Promise<Reply<{ missing: number[] }>>
}

export const recordingEdge: RecordingEdge = {
  open: ({ id, callId, startedAt, mimeType, consent }) =>
    api.post('/api/recordings', {
      body: { id, callId, startedAt, mimeType, consent },
      schema: recordingView,
      quiet: true,
    }),
  put: ({ id, n, hash, ms, peaks, sound }) =>
    api.put(`/api/recordings/${id}/chunks/${n}?hash=${hash}&ms=${ms}`, {
      raw: new Uint8Array(sound),
      rawType: 'application/octet-stream',
      headers: { 'x-peaks': peaks },
      quiet: true,
    }),
  end: ({ id, chunks, endedAt, gaps, isCut }, isAll) =>
    api.post(`/api/recordings/${id}/end`, {
      body: { chunks, endedAt, gaps: gaps.slice(0, 2_000), isCut, isAll },
      schema: recordingEnded,
      quiet: true,
    }),
}

const TRIES_MS = [0, 500, 2_000, 8_000]

/** Whether this call is recorded. Null: nobody could be asked, or the call is over. */
export async function askPolicy(callId: string): Promise<Policy | null> {
  for (const wait of TRIES_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    const reply = await api.get(`/api/calls/${callId}/recording`, { schema: callRecording, quiet: true })
    if (reply.ok) return reply.value.policy
    if (reply.problem.code === 'not-permitted') return 'off'
  }
  return null
}
