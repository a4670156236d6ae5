import * as z from 'zod'
import { receipt } from '#shared/protocol/receipt'
import { api, type Trouble } from '$lib/api/client'
import type { Hand } from './hand'

const checked = z.object({ receipt })

/**
 * POOL-18, 20: whether the customer in hand may be called now, for a call that does not pass through the edge. Only a word
 * against it stops the hand: a network that does not answer does not.
 */
export async function whyNotDial({ view }: Hand): Promise<Trouble | null> {
  const { entry, lease } = view
  const path = `/api/pools/${encodeURIComponent(entry.poolId)}/dials`
  const reply = await api.post(path, { body: { entryId: entry.id, token: lease.token }, schema: checked })
  if (reply.ok) return null
  const { code } = reply.problem
  return code === 'outside-hours' || code === 'do-not-call' ? reply.problem : null
}
