import * as z from 'zod'

/** POOL-2: which of due retries and fresh customers of the same priority come first; `oneIn: n`: every n-th is a fresh one. */
export const mix = z.union([z.enum(['retries-first', 'fresh-first']), z.object({ oneIn: z.int().min(2).max(100) })])
/** POOL-25: preview (pull, look, call) or progressive (the customer in hand is dialled after a countdown). */
export const dialMode = z.enum(['preview', 'progressive'])

/** Settings of a pool that older ones do not have: what is not said is its default (domain/pool/dialling.ts). */
export const diallingSettings = {
  mix: mix.optional(),
  mode: dialMode.optional(),
  /** Seconds the countdown of progressive lasts. */
  countdownSeconds: z.int().min(1).max(60).optional(),
  /** POOL-25: customers of this priority and above are offered to an available agent at once; null: nobody is. */
  pushPriority: z.int().min(-100).max(100).nullable().optional(),
  /** POOL-16: the list that a disposition of this pool writes. */
  doNotCallWrites: z.enum(['global', 'pool']).optional(),
}
