import * as z from 'zod'
import { POLICIES } from '../domain/recording/policy'

/** PHONE-11: whether calls of the pool are recorded; none or null: what its country's rule begins with. */
export const recordingPoolSettings = { recording: z.enum(POLICIES).nullable().optional() }
