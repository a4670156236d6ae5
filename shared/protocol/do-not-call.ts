import * as z from 'zod'
import { country, e164, epochMs, id, page } from './common'

/** POOL-16: a number in E.164, or the beginning of numbers with a star at its end (+90850*). */
export const doNotCallValue = z.union([e164, z.string().regex(/^\+[1-9]\d{0,13}\*$/)])
/** `global`, or a pool's id: that pool's own list. */
export const doNotCallList = id

const said = {
  at: epochMs.nullable(),
  byId: z.string().nullable(),
  byName: z.string().nullable(),
  reason: z.string().nullable(),
}
/** One value of a list. `listed` false: it is not on it. */
export const doNotCallEntry = z.object({ list: doNotCallList, number: doNotCallValue, listed: z.boolean(), ...said })
export type DoNotCallEntry = z.infer<typeof doNotCallEntry>

/** What bars a number: the list and the value of it; `poolName` null: the global list. */
export const doNotCallBar = z.object({
  list: doNotCallList,
  poolName: z.string().nullable(),
  value: doNotCallValue,
  ...said,
})
/** Whether a number may not be called, by all that bars it; what the first says stands beside it. */
export const doNotCallAnswer = z.object({
  number: doNotCallValue,
  listed: z.boolean(),
  ...said,
  bars: z.array(doNotCallBar),
})
export type DoNotCallAnswer = z.infer<typeof doNotCallAnswer>

export const doNotCallPage = page(doNotCallEntry)
export const doNotCallQuery = z.object({
  list: doNotCallList.default('global'),
  /** Digits the number ends with; with a plus: what it begins with. */
  q: z
    .string()
    .regex(/^\+?\d{1,15}$/)
    .optional(),
  cursor: z.string().max(20).optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(100),
})

/** Numbers of one request; cells as the file has them, read at the edge. */
export const DO_NOT_CALL_CHUNK = 5_000
export const newDoNotCallImport = z.object({
  list: doNotCallList.default('global'),
  fileName: z.string().trim().min(1).max(255),
  /** Of numbers given without their country. */
  country,
  reason: z.string().trim().max(200).optional(),
})
export const doNotCallChunk = z.object({ rows: z.array(z.string().max(200)).min(1).max(DO_NOT_CALL_CHUNK) })
export const doNotCallFault = z.object({ row: z.int(), value: z.string(), reason: z.string() })

/** An import as far as it has come: what is in it is barred already. Faults: the first 1,000. */
export const doNotCallImport = z.object({
  id,
  list: doNotCallList,
  fileName: z.string(),
  byName: z.string().nullable(),
  createdAt: epochMs,
  finishedAt: epochMs.nullable(),
  rows: z.int(),
  added: z.int(),
  /** On the list already, or twice in the file. */
  known: z.int(),
  invalid: z.int(),
})
export type DoNotCallImport = z.infer<typeof doNotCallImport>
export const doNotCallReport = doNotCallImport.extend({ faults: z.array(doNotCallFault) })
export type DoNotCallReport = z.infer<typeof doNotCallReport>
