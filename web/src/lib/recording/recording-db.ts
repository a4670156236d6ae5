import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Gap } from '#shared/domain/recording/pausing'

/** A recording that this device has not delivered yet. */
export type KeptRecording = {
  id: string
  callId: string
  startedAt: number
  mimeType: 'audio/webm' | 'audio/mp4'
  consent: 'agreed' | 'told'
  /** How many chunks were made so far: the next one's number. */
  chunks: number
  gaps: Gap[]
  /** null: it goes on, or its page went away in the middle. */
  endedAt: number | null
  isCut: boolean
  /** The edge knows it: its chunks may go. */
  isOpened: boolean
  /** Asked in vain for its call: given up some time after this (epoch ms). */
  refusedAt: number | null
}
/** `ms`: how much sound; `peaks`: its picture, base64. */
export type KeptChunk = { id: string; n: number; ms: number; hash: string; peaks: string; sound: ArrayBuffer }

export interface RecordingSchema extends DBSchema {
  recordings: { key: string; value: KeptRecording }
  chunks: { key: [string, number]; value: KeptChunk }
}
export type RecordingDb = IDBPDatabase<RecordingSchema>

/** One database a person, apart from the outbox's: chunks are large, and a full disk must not stop dispositions. */
export function openRecordingDb(username: string): Promise<RecordingDb> {
  return openDB<RecordingSchema>(`switchroom-recordings-${username}`, 1, {
    upgrade(database) {
      database.createObjectStore('recordings', { keyPath: 'id' })
      database.createObjectStore('chunks', { keyPath: ['id', 'n'] })
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })
}
