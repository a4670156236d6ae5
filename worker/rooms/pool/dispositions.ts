import type { Attempt } from '#shared/domain/pool/attempt'
import { correct } from '#shared/domain/pool/correct'
import { record } from '#shared/domain/pool/record'
import type { CommandResult, CorrectDisposition, RecordDisposition } from '#shared/protocol/commands'
import { refreshStanding } from './ageing'
import { withReceipt } from './contactability'
import { bar, lift } from './do-not-call'
import type { StoredEntry } from './entry-row'
import { isAnotherLeft, onNumber, triedNumber } from './phones'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { entryResult, projected, type Commander } from './replies'

const saidBy = (command: RecordDisposition | CorrectDisposition) => ({
  disposition: command.disposition,
  note: command.note?.trim() ? command.note : null,
  callbackAt: command.callbackAt ?? null,
  callbackFor: command.callbackFor ?? ('me' as const),
  tags: command.tags,
  answers: command.answers,
})

/** POOL-5, 10…12, 16, 17: books one attempt and moves the entry, all in this one transaction. */
export function recordDisposition(
  store: PoolStore,
  stored: StoredEntry,
  actor: Commander,
  command: RecordDisposition,
  now: number,
): CommandResult {
  const { entry } = stored
  const grant = store.attempts.grant(entry.id, command.token)
  const booked = grant?.attemptId ? store.attempts.get(grant.attemptId) : null
  const number = booked?.phone ?? triedNumber(store, stored, command.phone)
  const said = { ...saidBy(command), isAnotherLeft: isAnotherLeft(store, stored, number) }
  const report = {
    ...said,
    id: command.id,
    agentId: actor.userId,
    agentName: actor.name,
    at: command.at,
    callId: command.callId ?? null,
    talkMs: command.talkMs ?? null,
  }
  const decided = record(entry, grant, booked, report, store.rules, now)
  if (!decided.ok && decided.refusal === 'already-recorded' && booked && sameWords(booked, said)) {
    return { id: command.id, outcome: 'duplicate', entry: entryResult(store, stored) }
  }
  const { outcome, entry: moved, attempt: made, warnsHolder } = must(decided)
  const receipted = withReceipt(store, stored, booked?.receipt ? { ...made, receipt: booked.receipt } : made)
  const attempt = onNumber(store, stored, receipted, number)
  if (entry.lease && !moved.lease && entry.lease.token !== command.token)
    store.endHold(entry, 'superseded', actor.name, 'do-not-call')
  store.attempts.book(attempt, store.rules.timeZone)
  const saved = store.save(stored, moved, now, attempt.late ? stored.lastDisposition : attempt.disposition)
  refreshStanding(store, entry.id, now, attempt.flags.includes('reached') ? attempt.at : 0)
  if (warnsHolder && moved.lease) {
    const leaseId = store.leaseId(entry.id, moved.lease.token)
    store.journal({ kind: 'holder-warned', agentId: moved.lease.agentId, leaseId, by: actor.name })
  }
  if (attempt.flags.includes('do-not-call'))
    for (const one of store.phones.numbersOf(stored))
      bar(store, one, attempt.at, { id: actor.userId, name: actor.name }, now)
  return {
    id: command.id,
    outcome,
    entry: entryResult(store, saved),
    projection: projected(store, entry.id, attempt.id),
  }
}

const sameWords = (booked: Attempt, said: { disposition: string; note: string | null }) =>
  booked.disposition === said.disposition && booked.note === said.note

/** POOL-14: attempts stay one; state, limits, lists and figures follow; both values stay in the audit. */
export function correctDisposition(
  store: PoolStore,
  stored: StoredEntry,
  actor: Commander,
  command: CorrectDisposition,
  now: number,
): CommandResult {
  const { entry } = stored
  const attempt = store.attempts.get(command.attemptId)
  if (!attempt || attempt.entryId !== entry.id) throw new Refused('unknown-attempt')
  const left = isAnotherLeft(store, stored, attempt.phone ?? stored.phone)
  const said = { ...saidBy(command), isAnotherLeft: left }
  const corrected = must(correct(entry, attempt, said, actor, store.rules, now))
  if (entry.lease && !corrected.entry.lease) store.endHold(entry, 'superseded', actor.name, 'do-not-call')
  store.attempts.book(corrected.attempt, store.rules.timeZone)
  if (corrected.liftsDoNotCall) for (const number of store.phones.numbersOf(stored)) lift(store, number)
  const last = attempt.token === entry.lastToken ? corrected.attempt.disposition : stored.lastDisposition
  const saved = store.save(stored, corrected.entry, now, last)
  refreshStanding(store, entry.id, now, corrected.attempt.flags.includes('reached') ? attempt.at : 0)
  if (corrected.attempt.flags.includes('do-not-call'))
    for (const number of store.phones.numbersOf(stored))
      bar(store, number, attempt.at, { id: actor.userId, name: actor.name }, now)
  store.journal({
    kind: 'audited',
    at: now,
    actorId: actor.userId,
    action: 'disposition.correct',
    subject: attempt.id,
    detail: { from: attempt.disposition, to: corrected.attempt.disposition },
  })
  return {
    id: command.id,
    outcome: 'accepted',
    entry: entryResult(store, saved),
    projection: projected(store, entry.id, attempt.id),
  }
}
