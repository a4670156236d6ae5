import { limitsNothing } from '#shared/domain/hours/hours'
import { localityOf } from '#shared/domain/hours/locality'
import { isOpenAt } from '#shared/domain/hours/opening'
import { scheduleFor } from '#shared/domain/hours/schedule'
import type { Attempt } from '#shared/domain/pool/attempt'
import { ownGrant } from '#shared/domain/pool/lease'
import { receiptOf, type Receipt } from '#shared/domain/pool/receipt'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { entryOf } from './replies'

/** `number`: the one that is called, of a customer with several (POOL-27); default the first. */
type Standing = { isAskedFor: boolean; attempt: number; number?: string | undefined }

/** POOL-20: whether this customer may be called at that moment, with everything it was decided by. */
function check(store: PoolStore, stored: StoredEntry, on: Receipt['on'], at: number, standing: Standing): Receipt {
  const { hours, timeZone } = store.pool!
  const number = standing.number ?? stored.phone
  const isFirst = number === stored.phone
  const locality = isFirst
    ? store.hours.localityOf(stored.hoursClass)
    : localityOf(number, store.cards.get(stored.entry.id).timeZone, timeZone)
  const schedule = isFirst
    ? store.hours.scheduleOf(stored.hoursClass)
    : scheduleFor(hours, locality?.jurisdiction ?? null)
  return receiptOf({
    at,
    on,
    locality,
    hours: limitsNothing(hours) ? null : (hours ?? null),
    poolVersion: store.pool!.version,
    isOpen: isOpenAt(schedule, locality?.zones ?? [], at),
    onDoNotCall: store.doNotCall.has(number),
    maxAttempts: store.rules.maxAttempts,
    isAskedFor: standing.isAskedFor,
    attempt: standing.attempt,
  })
}

/**
 * POOL-18, 20: a customer may have been given out within hours and dialled after closing. Refuses outside-hours,
 * do-not-call, foreign-token; what was found is kept for the attempt. A call that the customer asked for goes through.
 */
export function checkDial(
  store: PoolStore,
  input: { entryId: string; token: number; agentId: string; number?: string | undefined },
  now: number,
): { receipt: Receipt } {
  if (!store.pool) throw new Refused('unknown-pool')
  const stored = entryOf(store, input.entryId)
  const { entry } = stored
  must(ownGrant(store.attempts.grant(entry.id, input.token), input.agentId))
  const standing = { isAskedFor: entry.callback !== null, attempt: entry.attempts + 1, number: input.number }
  const receipt = check(store, stored, 'dial', now, standing)
  if (receipt.decision === 'outside-hours' || receipt.decision === 'do-not-call') throw new Refused(receipt.decision)
  store.receipts.put(entry.id, input.token, receipt)
  return { receipt }
}

/** The attempt with its receipt: of its dial, or looked at now for the moment it was made (a handset, a dead desk). */
export function withReceipt(store: PoolStore, stored: StoredEntry, attempt: Attempt): Attempt {
  const dialled = store.receipts.take(attempt.entryId, attempt.token)
  const standing = { isAskedFor: attempt.before.callback !== null, attempt: attempt.n, number: attempt.phone }
  return { ...attempt, receipt: dialled ?? attempt.receipt ?? check(store, stored, 'record', attempt.at, standing) }
}
