import * as z from 'zod'
import { id } from './common'

/** FLOOR-2: a supervisor frees a hold. `entryId` null: every hold of the pool that is past its time or of an agent who left. */
export const leaseRelease = z.object({
  poolId: id,
  entryId: id.nullable(),
  /** Kept with the entry and told to the agent. */
  reason: z.string().trim().min(1).max(200),
})
export const leasesReleased = z.object({ released: z.array(z.object({ entryId: id, agentId: id, token: z.int() })) })
