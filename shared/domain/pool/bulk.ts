import { ok, refuse, type Result } from '../../result'
import type { Role } from '../roles'
import { freed, type Entry } from './entry'
import { supervise } from './supervise'

/** POOL-24: what is done to many entries at once. `to` null: anyone. */
export type BulkAction =
  | { kind: 'assign'; to: string | null }
  /** Everything that waits for one agent, owned or promised, goes to another or to anyone. */
  | { kind: 'hand-over'; from: string; to: string | null }
  | { kind: 'prioritise'; priority: number }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'reopen' }
  /** POOL-11: only the unreachable, with fresh attempts. */
  | { kind: 'recycle' }
  | { kind: 'tag'; tags: string[] }
  | { kind: 'untag'; tags: string[] }
  | { kind: 'transfer'; toPoolId: string }

export type BulkRefusal =
  'entry-state' | 'entry-held' | 'not-permitted' | 'reason-required' | 'do-not-call' | 'disposition-owed'
type Asked = { role: Role; reason: string; onDoNotCall: boolean }

/**
 * One entry of a bulk action; the very same entry when there is nothing to change. Tags are the card's and transfer is of
 * two pools: neither is decided here.
 */
export function bulkEntry(entry: Entry, action: BulkAction, asked: Asked): Result<Entry, BulkRefusal> {
  switch (action.kind) {
    case 'assign':
      return ok(entry.ownerId === action.to ? entry : { ...entry, ownerId: action.to })
    case 'hand-over':
      return ok(handedOver(entry, action.from, action.to))
    case 'prioritise':
      return ok(entry.priority === action.priority ? entry : { ...entry, priority: action.priority })
    case 'recycle':
      return entry.state === 'unreachable' ? move('reopen') : refuse('entry-state')
    case 'pause':
      return entry.state === 'paused' ? ok(entry) : move('pause')
    case 'resume':
      return entry.state === 'pending' ? ok(entry) : move('resume')
    case 'reopen':
      return move('reopen')
    default:
      return ok(entry)
  }
  function move(what: 'pause' | 'resume' | 'reopen') {
    return supervise(entry, { action: what, reason: asked.reason }, asked.role, asked.onDoNotCall)
  }
}

function handedOver(entry: Entry, from: string, to: string | null): Entry {
  const { callback } = entry
  const ownerId = entry.ownerId === from ? to : entry.ownerId
  const promised = callback?.for === from ? { ...callback, for: to } : callback
  return ownerId === entry.ownerId && promised === callback ? entry : { ...entry, ownerId, callback: promised }
}

/** Joined or taken away; the same list when nothing changes. */
export function retagged(tags: string[], action: Extract<BulkAction, { tags: string[] }>): string[] {
  const isNamed = new Set(action.tags)
  const next = action.kind === 'tag' ? [...new Set([...tags, ...action.tags])] : tags.filter((tag) => !isNamed.has(tag))
  return next.length === tags.length ? tags : next
}

/**
 * The first half of a transfer: the entry stays where it is, out of everyone's reach, until the other pool has it. Its token
 * rises, so that whoever held it is late from now on and no disposition can move it any more (POOL-5).
 */
export function leaving(entry: Entry): Result<Entry, 'entry-held' | 'do-not-call' | 'disposition-owed'> {
  if (entry.lease) return refuse('entry-held')
  if (entry.state === 'do-not-call') return refuse('do-not-call')
  if (entry.missingAttempt !== null) return refuse('disposition-owed')
  return ok({ ...entry, lastToken: entry.lastToken + 1 })
}

/** The second half, as the other pool takes it: its own arrival number and tokens; an owner who is no member there is none. */
export function arriving(entry: Entry, isMember: (userId: string) => boolean): Entry {
  const known = (userId: string | null) => (userId !== null && isMember(userId) ? userId : null)
  const callback = entry.callback && { ...entry.callback, for: known(entry.callback.for) }
  return {
    ...freed(entry),
    id: 0,
    ownerId: known(entry.ownerId),
    callback,
    lastToken: 0,
    missingAttempt: null,
    parked: null,
  }
}
