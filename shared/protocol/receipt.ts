import * as z from 'zod'
import { epochMs } from './common'

/** POOL-20: the contactability receipt of an attempt. */
export const receipt = z.object({
  at: epochMs,
  on: z.enum(['dial', 'record']),
  decision: z.enum(['allowed', 'asked-for', 'outside-hours', 'do-not-call']),
  jurisdiction: z.string().nullable(),
  zoneFrom: z.enum(['list', 'number', 'country']).nullable(),
  localTimes: z.array(z.object({ zone: z.string(), time: z.string() })),
  rules: z.array(
    z.object({ rule: z.enum(['calling-hours', 'do-not-call', 'attempts']), version: z.string(), passed: z.boolean() }),
  ),
})
export type Receipt = z.infer<typeof receipt>
