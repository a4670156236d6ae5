import * as z from 'zod'
import { monthsRise } from '../domain/pool/ageing'

const months = z.int().min(1).max(120)
/** POOL-21, 22: optional, so that settings of before still parse; `ageingOf` says what counts then. */
export const ageingSettings = z.object({
  isOn: z.boolean(),
  months: z
    .object({ 'does-not-exist': months, 'no-network': months, 'no-contact': months })
    .refine(monthsRise, { error: 'each age is longer than the one before' }),
  /** By status: a disposition's code, `untouched`, or one of the three ages. Lower is more visible. */
  ranks: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), z.int().min(0).max(999)),
})
export const listSettings = { listMode: z.boolean().optional(), ageing: ageingSettings.optional() }
