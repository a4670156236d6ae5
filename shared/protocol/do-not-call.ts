import * as z from 'zod'
import { e164, epochMs, page } from './common'

/** POOL-16: `GET /api/do-not-call?q=&cursor=`: newest first; `q` looks a number up, whole (E.164) or by its last digits. */
export const doNotCallNumber = z.object({
  number: e164,
  at: epochMs,
  byName: z.string().nullable(),
  reason: z.string().nullable(),
})
export type DoNotCallNumber = z.infer<typeof doNotCallNumber>
export const doNotCallPage = page(doNotCallNumber)
export const doNotCallQuery = z.object({
  q: z.string().max(40).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
})
/** `POST /api/do-not-call`: answers 201 with the number once every pool keeps to it. `DELETE /api/do-not-call/{number}`: 204. */
export const newDoNotCall = z.object({ number: e164, reason: z.string().trim().max(200).optional() })
