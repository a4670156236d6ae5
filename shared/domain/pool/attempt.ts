import type { Callback, Entry } from './entry'
import type { Flag } from './disposition'
import type { Answer } from './form'
import type { Receipt } from './receipt'

/** One try in the books (POOL-12). `disposition` null: the call happened, nobody said yet what came of it (POOL-17). */
export type Attempt = {
  /** The id of the command that booked it. */
  id: string
  entryId: number
  token: number
  agentId: string
  agentName: string
  /** When it was made, by the agent's clock, kept between the grant and the server's now. */
  at: number
  /** When the server booked it: what the correction window counts from (POOL-14). */
  bookedAt: number
  /** Attempt n of max. */
  n: number
  disposition: string | null
  flags: Flag[]
  note: string | null
  /** Picked from those its disposition offers (POOL-10). */
  tags?: string[]
  /** The pool's form as it was filled in (POOL-28); each answer keeps the question it was given to. */
  answers?: Answer[]
  callbackAt: number | null
  callId: string | null
  /** POOL-27: the number it was made on, of a customer with several. */
  phone?: string | undefined
  /** Made on another telephone: no call is known, its talk time is self-reported. */
  byHandset: boolean
  talkMs: number | null
  late: boolean
  correctedAt: number | null
  /** POOL-20: what was checked before the customer was called; older attempts have none. */
  receipt?: Receipt
  /** How the entry stood before it, so that a correction can decide anew. */
  before: Before
}
export type Before = { state: Entry['state']; dueAt: number | null; callback: Callback | null }

export const beforeOf = (entry: Entry): Before => ({
  state: entry.state === 'leased' ? 'pending' : entry.state,
  dueAt: entry.dueAt,
  callback: entry.callback,
})

/**
 * The time of an act as the books keep it: never after the server's now (a fast clock is not a refusal), never before the
 * lease it was done under. Milliseconds since the epoch.
 */
export function actTime(at: number, grantedAt: number, now: number): number {
  return Math.min(now, Math.max(at, grantedAt))
}
