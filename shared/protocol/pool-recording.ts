import * as z from 'zod'
import { POLICIES } from '../domain/recording/policy'
import { MOST_DAYS } from '../domain/recording/retention'

/** PHONE-11: whether calls of the pool are recorded; none or null: what its country's rule begins with. */
export const recordingPoolSettings = {
  recording: z.enum(POLICIES).nullable().optional(),
  /** How many days they are kept; none or null: as the deployment has it. */
  recordingDays: z.int().min(1).max(MOST_DAYS).nullable().optional(),
}
