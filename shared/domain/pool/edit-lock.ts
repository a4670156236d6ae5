import { ok, refuse, type Result } from '../../result'

/**
 * POOL-23: who edits a customer now. A courtesy between people, not what keeps the data right: that is the check of each
 * field when an edit is kept (card-edit.ts).
 *
 *   free ──open──▶ held ──renew──▶ held ──close, save──▶ free
 *                    ├── takeOver ──▶ held by another: who had it is told, what they typed stays theirs
 *                    └── expiresAt ──▶ free (nothing fires: a lapsed lock just stops counting)
 */
export type EditLock = {
  /** Made by the screen that edits: two windows of one person are two. */
  lockId: string
  agentId: string
  agentName: string
  since: number
  expiresAt: number
}

/** A screen renews well within; a closed laptop's lock is gone this long after its last word. */
export const LOCK_MS = 45_000

/** `open`: a screen begins; `renew`: it goes on; `take-over`: although another edits. */
export type LockStep = 'open' | 'renew' | 'take-over'
type Asking = { lockId: string; agentId: string; agentName: string; step: LockStep }

/**
 * Mine when it is free, lapsed, or this screen's already. Another window of mine gives way when this one opens, and only
 * then: two windows do not take it from each other by renewing. Else `being-edited`.
 */
export function lock(found: EditLock | null, { step, ...who }: Asking, now: number): Result<EditLock, 'being-edited'> {
  const held = live(found, now)
  if (held?.lockId === who.lockId) return ok({ ...held, expiresAt: now + LOCK_MS })
  const givesWay = held === null || step === 'take-over' || (step === 'open' && held.agentId === who.agentId)
  return givesWay ? ok({ ...who, since: now, expiresAt: now + LOCK_MS }) : refuse('being-edited')
}

export function live(found: EditLock | null, now: number): EditLock | null {
  return found && found.expiresAt > now ? found : null
}
