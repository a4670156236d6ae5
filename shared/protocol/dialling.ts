import * as z from 'zod'
import { NUMBER_KINDS } from '../domain/dialling/number-kind'
import { REACHES } from '../domain/dialling/rules'
import { refusalCode } from './problem'

const prefix = z.string().regex(/^\+\d{1,15}$/, 'A + and digits')
const limits = z.object({ atOnce: z.int().min(1).max(10_000), perMinute: z.int().min(1).max(100_000) })
const reach = z.enum(REACHES)
const money = z.number().min(0).max(1_000_000)
export const numberKind = z.enum(NUMBER_KINDS)

/** SIP-7, as people set it: shared/domain/dialling/rules says what each means. */
export const diallingRules = z.object({
  /** The one it was read with: somebody else's change is not overwritten (conflict). */
  version: z.int().min(0),
  reach: z.object({ agent: reach, supervisor: reach, administrator: reach }),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(250)
    .nullable(),
  refusedKinds: z.array(numberKind).max(NUMBER_KINDS.length),
  exceptions: z.array(z.object({ prefix, allow: z.boolean() })).max(500),
  perAgent: limits,
  deployment: limits,
  maxMinutes: z.int().min(1).max(240),
  spend: z.object({
    currency: z.string().regex(/^[A-Z]{3}$/),
    perDay: money.nullable(),
    prices: z.array(z.object({ prefix, perMinute: money })).max(1_000),
    otherwise: money,
  }),
})

/** What goes on now; `spentToday` counts running calls up to now, the day is UTC's. */
export const callMeter = z.object({
  running: z.int(),
  lastMinute: z.int(),
  spentToday: z.number(),
  day: z.string(),
})
export const diallingView = z.object({ rules: diallingRules, meter: callMeter })
export type DiallingView = z.infer<typeof diallingView>

export const dialTrial = z.object({
  number: z.string().regex(/^\+[1-9]\d{6,14}$/, 'An E.164 number'),
  role: z.enum(['agent', 'supervisor', 'administrator']),
  isCustomers: z.boolean().default(false),
})
/** `refusal` null: the call would be placed. */
export const dialVerdict = z.object({
  country: z.string().nullable(),
  kind: numberKind,
  refusal: refusalCode.nullable(),
  pricePerMinute: z.number(),
})
export type DialVerdict = z.infer<typeof dialVerdict>
