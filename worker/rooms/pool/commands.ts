import { extend, ownGrant, release, skip, SKIP_REST_MS } from '#shared/domain/pool/lease'
import { dayOf } from '#shared/domain/pool/figures'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import { changeCallback } from './callbacks'
import { editCommand } from './card-edits'
import type { StoredEntry } from './entry-row'
import { correctDisposition, recordDisposition } from './dispositions'
import { isShared } from './numbers'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { bookedEntryOf, entryOf, entryResult, projected, type Commander } from './replies'
import { wakeDue } from './wake'

type LeaseCommand = Extract<AgentCommand, { kind: 'extend-lease' | 'skip-entry' | 'release-lease' }>

/** One command of an agent's outbox. Refusals are thrown (`Refused`): nothing is written, the id stays unused. */
export function applyCommand(store: PoolStore, actor: Commander, command: AgentCommand, now: number): CommandResult {
  if (!store.pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  if (command.kind === 'record-disposition')
    return recordDisposition(store, bookedEntryOf(store, command.entryId), actor, command, now)
  if (command.kind === 'correct-disposition')
    return correctDisposition(store, bookedEntryOf(store, command.entryId), actor, command, now)
  const entry = entryOf(store, command.entryId)
  if (command.kind === 'move-callback' || command.kind === 'cancel-callback')
    return changeCallback(store, entry, actor, command, now)
  if (command.kind === 'edit-customer') return editCommand(store, entry, actor, command, now)
  return changeLease(store, entry, actor, command, now)
}

/** POOL-6, POOL-7: extend, skip, release. */
function changeLease(
  store: PoolStore,
  stored: StoredEntry,
  actor: Commander,
  command: LeaseCommand,
  now: number,
): CommandResult {
  const { entry } = stored
  const grant = must(ownGrant(store.attempts.grant(entry.id, command.token), actor.userId))
  const accepted = (saved: StoredEntry): CommandResult => ({
    id: command.id,
    outcome: 'accepted',
    entry: entryResult(store, saved),
    ...(saved.entry.lease ? { expiresAt: saved.entry.lease.expiresAt } : {}),
    projection: projected(store, entry.id),
  })

  if (command.kind === 'extend-lease') {
    // it may be held elsewhere by now: such a customer is pulled anew
    if (!entry.lease && isShared(store, stored)) throw new Refused('lease-lapsed')
    const other = store.entries.heldBy(actor.userId)
    const holdsAnother = other !== null && other.entry.id !== entry.id
    const extended = must(extend(entry, grant, { inCall: command.inCall ?? false, holdsAnother }, store.rules, now))
    if (!entry.lease) store.attempts.endGrant(entry.id, grant.token, null)
    return accepted(store.save(stored, extended, now))
  }
  if (command.kind === 'release-lease') {
    const freed = must(release(entry, command.token))
    store.attempts.endGrant(entry.id, command.token, 'released')
    return accepted(store.save(stored, freed, now))
  }
  if (!command.reason.trim()) throw new Refused('skip-reason-required')
  const day = dayOf(now, store.rules.timeZone)
  const skipped = must(skip(entry, command.token, store.attempts.figures(day, actor.userId).skips, store.rules))
  store.attempts.endGrant(entry.id, command.token, 'skipped')
  store.attempts.skip(actor.userId, entry.id, day, now, now + SKIP_REST_MS)
  store.journal({
    kind: 'audited',
    at: now,
    actorId: actor.userId,
    action: 'entry.skip',
    subject: store.leaseId(entry.id, command.token),
    detail: { reason: command.reason },
  })
  return accepted(store.save(stored, skipped, now))
}
