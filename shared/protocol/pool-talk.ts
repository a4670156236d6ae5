import * as z from 'zod'
import { FIELD_KINDS, LONGEST_ANSWER, MOST_FIELDS, MOST_OPTIONS } from '../domain/pool/form'
import { epochMs, id, LANGUAGES } from './common'

const words = z.object({
  label: z.string().trim().max(120),
  options: z.record(z.string().max(120), z.string().trim().max(120)),
})

/** POOL-28: what is said and asked in a call of a pool. */
export const formField = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  label: z.string().trim().min(1).max(120),
  kind: z.enum(FIELD_KINDS),
  required: z.boolean(),
  options: z.array(z.string().trim().min(1).max(120)).max(MOST_OPTIONS),
  formerOptions: z.array(z.string()).optional(),
  requiredSince: epochMs.nullable().optional(),
  words: z.partialRecord(z.enum(LANGUAGES), words).optional(),
})
export type FormField = z.infer<typeof formField>

/** By language; where a language has none the pool's `script` is read. */
export const scripts = z.partialRecord(z.enum(LANGUAGES), z.string().max(10_000))
export type Scripts = z.infer<typeof scripts>

export const answerValue = z.union([
  z.string().max(LONGEST_ANSWER),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(MOST_OPTIONS),
])
/** As the desk fills it in: by the field's id. */
export const answerValues = z
  .record(z.string().max(40), answerValue)
  .refine((values) => Object.keys(values).length <= 2 * MOST_FIELDS, { error: 'too many answers' })
/** As the attempt keeps it. */
export const answer = z.object({ field: z.string(), label: z.string(), value: answerValue })
export type Answer = z.infer<typeof answer>

/** In a pool's settings; absent in pools made before there were any. */
export const talkSettings = { scripts: scripts.optional(), form: z.array(formField).optional() }

/** `version`: of the pool as it was read; another since then is a conflict. */
export const talkChange = z.object({
  version: z.int(),
  script: z.string().max(10_000),
  scripts,
  form: z.array(formField.omit({ formerOptions: true, requiredSince: true })).max(MOST_FIELDS),
})
/** What a script may name besides the fixed fields: the columns of the pool's lists. */
export const mergeFields = z.object({ custom: z.array(z.string()) })

/** POOL-15: a promised call as a supervisor sees it. */
export const promisedCall = z.object({
  entryId: id,
  customerName: z.string().nullable(),
  phone: z.string(),
  at: epochMs,
  /** Of the customer. */
  timeZone: z.string(),
  note: z.string().nullable(),
  /** Null: anyone's. */
  forId: z.string().nullable(),
  forName: z.string().nullable(),
  byId: z.string().nullable(),
  byName: z.string().nullable(),
  state: z.string(),
})
export type PromisedCall = z.infer<typeof promisedCall>
