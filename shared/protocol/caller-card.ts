import type * as z from 'zod'
import { leaseView } from './pulls'

/** PHONE-3: a customer who calls a pool's number, as whom it rings sees them: as one in hand, without a hold. */
export const callerCard = leaseView.omit({ lease: true })
export type CallerCard = z.infer<typeof callerCard>
