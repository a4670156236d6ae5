import type { Attempt } from '#shared/domain/pool/attempt'
import type { PastAttempt } from '#shared/protocol/pulls'
import type { CarriedAttempt } from './carried-store'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'

/** Attempts that the desk shows of a customer, and that go with them into another pool. */
export const HISTORY = 20

/** Newest first: those of this pool, and those of the pools the customer was transferred from (POOL-24). */
export function pastOf(store: PoolStore, entryId: number): PastAttempt[] {
  const here = store.attempts.historyOf(entryId, HISTORY).map(pastAttempt)
  const before = store.carried.of(entryId, HISTORY).map(({ past }) => past)
  if (before.length === 0) return here
  return [...here, ...before].sort((one, other) => other.at - one.at).slice(0, HISTORY)
}

const pastAttempt = (attempt: Attempt): PastAttempt => ({
  id: attempt.id,
  at: attempt.at,
  agentId: attempt.agentId,
  agentName: attempt.agentName,
  disposition: attempt.disposition,
  note: attempt.note,
  talkMs: attempt.talkMs,
  byHandset: attempt.byHandset,
  late: attempt.late,
  attempt: attempt.n,
  ...(attempt.phone ? { phone: attempt.phone } : {}),
  tags: attempt.tags ?? [],
  answers: attempt.answers ?? [],
  ...(attempt.receipt ? { receipt: attempt.receipt } : {}),
})

/** What goes with the customer: each attempt says from which pool it is and in its words, for the next has others. */
export function carriedFrom(
  store: PoolStore,
  { entry, phone }: Pick<StoredEntry, 'entry' | 'phone'>,
): CarriedAttempt[] {
  const pool = store.pool!
  const here = store.attempts.historyOf(entry.id, HISTORY).map((attempt): CarriedAttempt => {
    const said = pool.dispositions.find(({ code }) => code === attempt.disposition)
    const from = {
      poolId: pool.id,
      poolName: pool.name,
      labels: said?.labels ?? null,
      colour: said?.colour ?? ('plain' as const),
    }
    return { past: { ...pastAttempt(attempt), from }, flags: attempt.flags, number: attempt.phone ?? phone }
  })
  return [...here, ...store.carried.of(entry.id, HISTORY)]
    .sort((one, other) => other.past.at - one.past.at)
    .slice(0, HISTORY)
}
