import * as z from 'zod'
import { LARGEST_CHUNK, MOST_CHUNKS } from '../domain/recording/chunks'
import { POLICIES } from '../domain/recording/policy'
import { MOST_DAYS } from '../domain/recording/retention'
import { epochMs, id, page } from './common'

/** PHONE-11. Made by the browser before its first chunk: asking again with the same id changes nothing. */
export const newRecording = z.object({
  id: z.uuid(),
  callId: id,
  /** Of the device; the edge keeps it within the call. */
  startedAt: epochMs,
  mimeType: z.enum(['audio/webm', 'audio/mp4']),
  /** `agreed`: they were asked and said yes; `told`: they are told that calls are recorded. */
  consent: z.enum(['agreed', 'told']),
})
export type NewRecording = z.infer<typeof newRecording>

export const chunkNumber = z.coerce
  .number()
  .int()
  .min(0)
  .max(MOST_CHUNKS - 1)
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)
/** Of a chunk: `hash` is SHA-256 of its bytes, `ms` the sound it adds. */
export const chunkQuery = z.object({ hash: sha256Hex, ms: z.coerce.number().int().min(0).max(600_000) })
/** The picture of a chunk's sound: base64 of one byte a channel ten times a second (domain/recording/peaks). */
export const chunkPeaks = z.string().regex(/^[A-Za-z0-9+/]{0,1600}={0,2}$/)
export { LARGEST_CHUNK }

export const gap = z.object({
  atMs: z.int().min(0).max(86_400_000),
  ms: z.int().min(0).max(86_400_000),
  why: z.enum(['hold', 'hand', 'card']),
})
export const recordingEnd = z.object({
  /** How many chunks there are, by their numbers from 0. */
  chunks: z.int().min(0).max(MOST_CHUNKS),
  endedAt: epochMs,
  gaps: z.array(gap).max(2_000),
  /** The page or the browser went in the middle: what came after its last chunk is not there. */
  isCut: z.boolean(),
  /** The device has no more than what was sent: what is missing stays missing. */
  isAll: z.boolean().default(false),
})
export type RecordingEnd = z.infer<typeof recordingEnd>
/** `missing`: to be sent again, then the end once more; none: the edge has everything, the device may forget it. */
export const recordingEnded = z.object({ missing: z.array(z.int()) })

export const RECORDING_STATES = ['recording', 'ended', 'finished', 'deleted'] as const
export const recordingView = z.object({
  id,
  /** A call that was recorded, or a file that somebody attached to an attempt. */
  source: z.enum(['call', 'file']),
  callId: id.nullable(),
  attemptId: id.nullable(),
  agentId: id,
  agentName: z.string(),
  other: z.string(),
  poolId: id.nullable(),
  direction: z.enum(['outgoing', 'internal', 'incoming']).nullable(),
  startedAt: epochMs,
  endedAt: epochMs.nullable(),
  /** Of its sound; gaps are not in it. 0: not known yet (an attached file). */
  durationMs: z.int(),
  /** 2: the agent left, the other side right. 0: not known. */
  channels: z.int(),
  mimeType: z.string(),
  bytes: z.int(),
  gaps: z.array(gap),
  /**
   * `recording`: sound still comes; `ended`: all is here, being joined; `finished`. It can be heard in each. `deleted`: its time is
   * over; sound and key are gone, this row stays.
   */
  state: z.enum(RECORDING_STATES),
  isCut: z.boolean(),
  consent: z.enum(['agreed', 'told']).nullable(),
  fileName: z.string().nullable(),
})
export type RecordingView = z.infer<typeof recordingView>
/** `mayHear`: whether who asks may listen to it. */
export const heardRecording = recordingView.extend({
  mayHear: z.boolean(),
  /** When it will be deleted, and when it was; null: no end is set, or a hold keeps it. */
  keptUntil: epochMs.nullable().default(null),
  deletedAt: epochMs.nullable().default(null),
  /** It is not deleted while this stands, whatever the days say. */
  isHeld: z.boolean().default(false),
})
/** A legal hold; `reason` is kept in the audit. */
export const recordingHold = z.object({ held: z.boolean(), reason: z.string().trim().min(1).max(300) })
export type HeardRecording = z.infer<typeof heardRecording>
export const recordingPage = page(heardRecording)
export type RecordingPage = z.infer<typeof recordingPage>

export const recordingQuery = z.object({
  agentId: id.optional(),
  poolId: id.optional(),
  callId: id.optional(),
  attemptId: id.optional(),
  /** Epoch ms of its beginning: from inclusive, to exclusive. */
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
  /** Digits of the other side's number, anywhere in it. */
  number: z
    .string()
    .regex(/^\+?\d{2,15}$/)
    .optional(),
  /** At least this long, in seconds. */
  longerThan: z.coerce.number().int().min(0).max(86_400).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}:[A-Za-z0-9:_.-]{1,80}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type RecordingQuery = z.infer<typeof recordingQuery>

/** Ten times a second one byte a channel, base64; null: nobody has made it yet. */
export const recordingPeaks = z.object({ peaks: z.string().max(4_000_000).nullable() })
/** By who made it at the first playing of an attached file. */
export const newPeaks = z.object({
  peaks: z
    .string()
    .max(4_000_000)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/),
  durationMs: z.int().min(0).max(86_400_000),
  channels: z.int().min(1).max(2),
})

/** Who heard it, newest first. */
export const listen = z.object({ at: epochMs, userId: id, name: z.string(), use: z.enum(['listen', 'download']) })
export type Listen = z.infer<typeof listen>
export const listens = z.object({ items: z.array(listen) })

export const recordingPolicy = z.enum(POLICIES)
/** What a call is under. `off` too where recordings are not set up. */
export const callRecording = z.object({ policy: recordingPolicy })

export const recordingSettings = z.object({
  /** The one it was read with: somebody else's change is not overwritten (conflict). */
  version: z.int().min(0),
  internalCalls: recordingPolicy,
  otherCalls: recordingPolicy,
  agentsHear: z.boolean(),
  /** null: they are kept. */
  keepDays: z.int().min(1).max(MOST_DAYS).nullable().default(null),
})
export type RecordingSettingsView = z.infer<typeof recordingSettings>
/** `isReady`: a bucket and keys are there. `keys`: recordings by the version of the key that wraps theirs. */
export const recordingSetup = z.object({
  settings: recordingSettings,
  isReady: z.boolean(),
  currentKey: z.int().nullable(),
  keys: z.array(z.object({ version: z.int(), recordings: z.int() })),
})
export const rewrapped = z.object({ done: z.int(), left: z.int(), failed: z.int() })
