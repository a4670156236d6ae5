import { uuidv7 } from 'uuidv7'
import { NO_TRIES, spentUntil, together, triesOf, type Tries } from '#shared/domain/number/caps'
import type { Entry } from '#shared/domain/pool/entry'
import { parked, type Park } from '#shared/domain/pool/park'
import type { Claim, Claimed, NumberTold } from '../ports'
import type { StoredEntry } from './entry-row'
import { callableNumbers } from './phones'
import type { PoolStore } from './pool-store'
import { wakeDue } from './wake'

/** What a pull has learnt on its way from NumberRooms; it decides again after each answer. */
export type Pass = {
  /** Entries that other pulls ask about, or that this one may not ask about any more. */
  except: Set<number>
  answers: Map<string, { key: string; said: Extract<Claimed, { answer: 'own' | 'hold' }> }>
  /** Found out on the way; written by whatever the pull decides in the end. */
  parks: Map<number, Park>
  mayAsk: boolean
  /** Entries that other pulls ask about at this moment. */
  asked: () => Iterable<number>
  /** Numbers that other pulls are asking about. */
  isBeingAsked: (number: string) => boolean
  /** From now on this pull alone asks about them. */
  reserve: (entryId: number, numbers: readonly string[]) => Claim[]
}
export const noPass = (): Pass => ({
  except: new Set(),
  answers: new Map(),
  parks: new Map(),
  mayAsk: false,
  asked: () => [],
  isBeingAsked: () => false,
  reserve: () => [],
})

/** Thrown out of a decision that cannot be made before these numbers are claimed; it is made again then. */
export class AskFirst {
  constructor(
    readonly entryId: number,
    readonly claims: Claim[],
  ) {}
}

/** A decision's value, or what must be asked first: no fault, what was written on the way (parks, wake-ups) stands. */
export function orAskFirst<T>(decide: () => T): T | AskFirst {
  try {
    return decide()
  } catch (thrown) {
    if (thrown instanceof AskFirst) return thrown
    throw thrown
  }
}

/** A live call holds its customer at most so long: the longest call, and a little (worker/sip). */
const LONGEST_CALL_MS = 4 * 3600_000 + 60_000

/** What was learnt on the way, written before the next candidate is looked for. */
export function heed(store: PoolStore, pass: Pass, now: number): void {
  for (const entryId of pass.asked()) pass.except.add(entryId)
  for (const { said } of pass.answers.values()) {
    if (said.answer === 'own') store.numbers.unmark(said.number, said.turn)
    else store.numbers.mark(said.number, said.turn)
  }
  for (const [entryId, park] of pass.parks) {
    const stored = store.entries.get(entryId)
    if (stored?.entry.state === 'pending') store.save(stored, parked(stored.entry, park), now)
  }
}

/**
 * May this candidate be given out (POOL-1, POOL-19)? False: it was parked or is passed over, look for the next. Numbers
 * that are not ours alone are claimed first (`AskFirst`).
 */
export function mayGrant(store: PoolStore, stored: StoredEntry, pass: Pass, now: number): boolean {
  const { entry } = stored
  const numbers = store.phones.numbersOf(stored)
  const kin = leasedKin(store, stored, numbers)
  if (kin !== null) return park(store, stored, { why: 'held-elsewhere', until: kin }, now)
  const unclaimed = numbers.filter((number) => mustClaim(store, number, entry.id, pass))
  if (unclaimed.length === 0) {
    const cap = capPark(store, stored, pass, now)
    return cap ? park(store, stored, cap, now) : true
  }
  if (!pass.mayAsk || unclaimed.some(pass.isBeingAsked)) {
    pass.except.add(entry.id)
    return false
  }
  throw new AskFirst(entry.id, pass.reserve(entry.id, unclaimed))
}

/** The lease is given: the claims that made it possible stand for it. */
export function keepClaims(store: PoolStore, stored: StoredEntry, pass: Pass): void {
  for (const number of store.phones.numbersOf(stored)) {
    const answer = pass.answers.get(number)
    if (answer?.said.answer === 'hold') store.numbers.hold({ number, key: answer.key, entryId: stored.entry.id })
  }
}

/** Whether a lease of it must be claimed, as things stand. */
export const isShared = (store: PoolStore, stored: StoredEntry): boolean =>
  store.phones.numbersOf(stored).some((number) => store.numbers.markOf(number, stored.entry.id) !== null) ||
  kinOf(store, stored, store.phones.numbersOf(stored)).length > 0

function mustClaim(store: PoolStore, number: string, entryId: number, pass: Pass): boolean {
  const mark = store.numbers.markOf(number, entryId)
  if (mark === null) return false
  const said = pass.answers.get(number)?.said
  if (!said) return true
  // its own: `heed` has taken the mark away, unless a newer word put it there; an entry older than marks has none to take
  return said.answer === 'own' ? mark !== 0 : mark > said.turn
}

function park(store: PoolStore, stored: StoredEntry, why: Park, now: number): false {
  store.save(stored, parked(stored.entry, why), now)
  return false
}

/**
 * POOL-27, IMP-4: customers of this pool may share a number. Until when another's lease, or a call that outlives it, holds one
 * of these; null: none does.
 */
function leasedKin(store: PoolStore, stored: StoredEntry, numbers: readonly string[]): number | null {
  for (const { entry } of kinOf(store, stored, numbers)) {
    if (entry.lease) return entry.lease.expiresAt
    const since = store.numbers.callSince(entry.id)
    if (since !== null) return since + LONGEST_CALL_MS
  }
  return null
}

/** The others who have one of these numbers, as their first or beside it. */
function kinOf(store: PoolStore, stored: StoredEntry, numbers: readonly string[]): StoredEntry[] {
  const { id } = stored.entry
  const kin = store.phones.aliased(numbers).flatMap((other) => store.entries.get(other) ?? [])
  const further = numbers.filter((number) => number !== stored.phone)
  const first = further.flatMap((number) => store.entries.withPhone(number))
  return [...kin, ...first, ...store.entries.sharing(stored)].filter(({ entry }) => entry.id !== id)
}

/** Every entry with this number, primary or not. */
export function withNumber(store: PoolStore, number: string): StoredEntry[] {
  const others = store.phones.aliased([number]).flatMap((id) => store.entries.get(id) ?? [])
  return [...store.entries.withPhone(number), ...others]
}

/** POOL-19: what was tried on a number here. */
export function triesHere(store: PoolStore, number: string, now: number): Tries {
  const times = withNumber(store, number).flatMap(({ entry, phone }) => store.attempts.timesOf(entry.id, phone, number))
  return triesOf(times, now)
}

/**
 * POOL-19: spent caps keep an entry back until the first of its numbers may be tried again. A promised call was asked for
 * by the customer and is made all the same; it counts.
 */
function capPark(store: PoolStore, stored: StoredEntry, pass: Pass | null, now: number): Park | null {
  const { caps, timeZone } = store.rules
  if (!caps || stored.entry.callback) return null
  let until: number | null = null
  for (const number of callableNumbers(store, stored)) {
    const elsewhere = pass?.answers.get(number)?.said.tries ?? NO_TRIES
    const spent = spentUntil(together([triesHere(store, number, now), elsewhere]), caps, timeZone, now)
    if (!spent) return null
    if (spent.until !== null) until = Math.min(until ?? Infinity, spent.until)
  }
  return { why: 'cap', until }
}

/** The caps were changed: spent or not by what they are now. */
export function withCaps(store: PoolStore, stored: StoredEntry, now: number): Entry {
  const { entry } = stored
  if (entry.state !== 'pending' || entry.parked?.why === 'held-elsewhere') return entry
  return parked(entry, capPark(store, stored, null, now))
}

/** What every write of an entry brings with it: a call that outlives its lease, and caps that are spent now. */
export function parkedNow(store: PoolStore, before: StoredEntry, entry: Entry, now: number): Entry {
  // a lease that lapses in this write may be outlived by its call
  const isFree = entry.lease ? entry.lease.expiresAt <= now : entry.state === 'pending'
  if (!isFree) return entry
  const since = store.numbers.callSince(entry.id)
  if (since !== null) return parked(entry, { why: 'held-elsewhere', until: since + LONGEST_CALL_MS })
  // whoever was in hand was not held elsewhere
  const known = before.entry.lease && entry.parked ? parked(entry, null) : entry
  const booked = entry.attempts + entry.earlierAttempts !== before.entry.attempts + before.entry.earlierAttempts
  if (!booked) return known
  const cap = capPark(store, { ...before, entry: known }, null, now)
  return cap ? parked(known, cap) : known
}

/** After every write of an entry: leases that ended and attempts are owed to those who keep its numbers. */
export function followUp(store: PoolStore, before: StoredEntry, after: StoredEntry, now: number): void {
  const { numbers } = store
  const wasLeased = before.entry.lease !== null
  const ended = wasLeased && after.entry.lease?.token !== before.entry.lease?.token
  const booked =
    after.entry.attempts + after.entry.earlierAttempts !== before.entry.attempts + before.entry.earlierAttempts
  if (booked) {
    for (const number of store.phones.numbersOf(after))
      if (numbers.markOf(number, after.entry.id) !== null) numbers.owe(number, null)
  }
  if (ended && numbers.callSince(after.entry.id) === null) free(store, after, now)
}

/** Neither lease nor call holds the customer any more. */
function free(store: PoolStore, stored: StoredEntry, now: number): void {
  store.numbers.endHolds(stored.entry.id)
  const kin = kinOf(store, stored, store.phones.numbersOf(stored))
  unpark(store, kin, now)
}

function unpark(store: PoolStore, entries: readonly StoredEntry[], now: number): void {
  for (const stored of entries)
    if (stored.entry.parked?.why === 'held-elsewhere') store.save(stored, parked(stored.entry, null), now)
}

/** NumberRoom: these are free now. */
export function numbersFree(store: PoolStore, freed: readonly string[], now: number): void {
  for (const number of freed) unpark(store, withNumber(store, number), now)
}

/**
 * NumberRoom: another place wants these. Marked, so that the pool claims them from now on, in the same transaction that says
 * what it has leased. `pending`: keys of claims whose answer the pool is still deciding on.
 */
export function tellNumbers(
  store: PoolStore,
  asked: readonly string[],
  turn: number,
  pending: (number: string) => string | null,
  now: number,
): NumberTold[] {
  if (store.pool) wakeDue(store, now)
  return asked.map((number) => {
    store.numbers.mark(number, turn)
    const entries = withNumber(store, number)
    const tries = triesHere(store, number, now)
    const isGone = entries.length === 0
    const claimed = pending(number)
    if (claimed !== null) return { number, key: claimed, until: now + 1_000, isGone, tries }
    for (const { entry } of entries) {
      const since = store.numbers.callSince(entry.id)
      const until = entry.lease?.expiresAt ?? (since === null ? null : since + LONGEST_CALL_MS)
      if (until === null) continue
      const key = store.numbers.holdOn(number)?.key ?? uuidv7()
      store.numbers.hold({ number, key, entryId: entry.id })
      return { number, key, until, isGone, tries }
    }
    return { number, key: null, until: now, isGone, tries }
  })
}

type LeasedCall = { entryId: string; callId: string; since: number; isOver: boolean }

/** POOL-1: a call placed for a lease holds its customer until it is over, whatever becomes of the lease. */
export function callHolds(store: PoolStore, { entryId, callId, since, isOver }: LeasedCall, now: number): void {
  const id = Number(entryId)
  const stored = store.entries.get(id)
  if (!stored || !store.pool) return
  store.numbers.noteCall(callId, id, since, isOver)
  if (stored.entry.lease) return
  if (isOver && store.numbers.callSince(id) === null) {
    free(store, stored, now)
    unpark(store, [stored], now)
  } else if (stored.entry.state === 'pending') store.save(stored, stored.entry, now)
}
