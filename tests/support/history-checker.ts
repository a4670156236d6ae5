/**
 * Judges what agents saw of one pool (POOL-30). Pure: it knows nothing of rooms, only commands with the moments they were
 * first sent and finally answered, and how the pool stood at the end. A command whose answer was lost is sent again until it
 * is answered, so every one has an outcome; when it took effect lies anywhere between its two moments. A violation is told
 * only where no moment in between explains what was seen. A refused command that is sent again is an event of its own, with
 * the same id: the refusal left the id unused.
 */
type Span = { sent: number; answered: number }
type Hold = { entryId: string; token: number }

export type HistoryEvent = Span &
  (
    | ({ kind: 'granted'; agentId: string; since: number; expiresAt: number } & Hold)
    | ({ kind: 'extended'; expiresAt: number } & Hold)
    /** Skipped, released, or taken away by a supervisor (`token` null: whoever held it). */
    | { kind: 'ended'; entryId: string; token: number | null }
    | ({ kind: 'recorded'; id: string; agentId: string; disposition: string; outcome: Outcome } & Hold)
    | { kind: 'corrected'; attemptId: string; disposition: string; isAccepted: boolean }
    /** The server booked a call whose disposition is missing. */
    | ({ kind: 'booked-missing'; id: string } & Hold)
    /** The number came onto a do-not-call list. */
    | { kind: 'barred'; entryId: string }
    | { kind: 'reopened'; entryId: string }
    /** The pool's own figures beside a count of its rows. */
    | { kind: 'books'; figures: Record<string, number>; counted: Record<string, number> }
  )
export type Outcome = 'accepted' | 'late' | 'duplicate' | 'refused'

export type Final = {
  entries: { id: string; phone: string; state: string; attempts: number; token: number }[]
  attempts: { id: string; entryId: string; token: number; disposition: string | null; late: boolean }[]
  byDisposition: Record<string, number>
}
export type Violation = { rule: Rule; says: string }
export type Rule =
  | 'double-lease'
  | 'two-leases-one-agent'
  | 'token-reused'
  | 'lost-entry'
  | 'same-number-twice'
  | 'lost-attempt'
  | 'doubled-attempt'
  | 'phantom-attempt'
  | 'attempts-miscounted'
  | 'wrong-disposition'
  | 'accepted-after-regrant'
  | 'late-without-cause'
  | 'granted-while-barred'
  | 'books-unbalanced'
  /** Over several pools: tests/support/number-checker.ts. */
  | 'number-held-twice'
  | 'granted-during-call'

export type Granted = Of<'granted'>
type Of<K extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: K }>

/** The histories set clocks back by so much at a time. */
export const SET_BACK_MS = 5_000

/** `setBackMs`: by so much the clock may have gone back between two grants. */
export function judge(initial: string[], events: HistoryEvent[], final: Final, setBackMs = 0): Violation[] {
  const of = <K extends HistoryEvent['kind']>(kind: K) => events.filter((event): event is Of<K> => event.kind === kind)
  const grants = unique(of('granted'))
  return [
    ...leases(grants, events, setBackMs),
    ...entries(initial, final),
    ...attempts(of('recorded'), of('booked-missing'), final),
    ...dispositions(of('recorded'), of('corrected'), final),
    ...fencing(of('recorded'), grants, of('reopened')),
    ...barring(grants, of('barred'), of('recorded'), of('reopened')),
    ...books(of('books'), final),
  ]
}

/** The same grant is answered again to every pull of its holder: the first answer counts. */
export function unique(grants: Of<'granted'>[]): Of<'granted'>[] {
  const first = new Map<string, Of<'granted'>>()
  for (const grant of grants) {
    const key = `${grant.entryId}:${grant.token}:${grant.agentId}`
    const known = first.get(key)
    if (!known || grant.answered < known.answered) first.set(key, grant)
  }
  return [...first.values()]
}

/**
 * Whether a grant was certainly live when another was made: neither lapsed, nor ended by anything that was on its way in
 * between: what was sent before the grant may have been decided after it (a late do-not-call ends whoever holds the customer then).
 * `slackMs`: by so much clocks may have been set back since it was found to have lapsed.
 */
export function liveness(events: HistoryEvent[], slackMs = 0): (grant: Granted, at: Granted) => boolean {
  const ends = new Map<string, Span[]>()
  const extensions = new Map<string, Of<'extended'>[]>()
  for (const event of events) {
    if (event.kind === 'extended') push(extensions, holdKey(event), event)
    const key = endOf(event)
    if (key) push(ends, key, event)
  }
  return (grant, at) => {
    const extended = (extensions.get(holdKey(grant)) ?? []).filter((one) => one.answered < at.sent)
    const expiresAt = Math.max(grant.expiresAt, ...extended.map((one) => one.expiresAt))
    const mayHaveEnded = [holdKey(grant), `${grant.entryId}:*`].some((key) =>
      (ends.get(key) ?? []).some((end) => end.sent <= at.answered && end.answered >= grant.sent),
    )
    return at.since < expiresAt - slackMs && !mayHaveEnded
  }
}

/** Double leases in one pool, and two at once of one agent. */
export const judgeLeases = (events: HistoryEvent[]): Violation[] =>
  leases(unique(events.filter((event): event is Granted => event.kind === 'granted')), events, 0)

function leases(grants: Granted[], events: HistoryEvent[], setBackMs: number): Violation[] {
  const isLive = liveness(events, setBackMs)
  return [
    ...pairs(grants, 'entryId').flatMap(([a, b]): Violation[] => {
      if (a.token === b.token) return [{ rule: 'token-reused', says: `entry ${a.entryId}, token ${a.token}` }]
      const says = `entry ${a.entryId}: ${a.agentId} by token ${a.token} and ${b.agentId} by token ${b.token}`
      return isLive(a, b) ? [{ rule: 'double-lease', says }] : []
    }),
    ...pairs(grants, 'agentId').flatMap(([a, b]): Violation[] => {
      const says = `${a.agentId}: entry ${a.entryId} until ${a.expiresAt}, and entry ${b.entryId} from ${b.since}`
      return a.entryId !== b.entryId && isLive(a, b) ? [{ rule: 'two-leases-one-agent', says }] : []
    }),
  ]
}

/** Neighbours within a group, in the order they were granted: of one entry by token, of one agent by when they were told. */
function pairs(grants: Of<'granted'>[], by: 'entryId' | 'agentId'): [Of<'granted'>, Of<'granted'>][] {
  const groups = new Map<string, Of<'granted'>[]>()
  for (const grant of grants) push(groups, grant[by], grant)
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => (by === 'entryId' ? a.token - b.token : a.answered - b.answered))
    return group.slice(1).map((grant, index): [Of<'granted'>, Of<'granted'>] => [group[index]!, grant])
  })
}

function endOf(event: HistoryEvent): string | null {
  if (event.kind === 'ended') return `${event.entryId}:${event.token ?? '*'}`
  if (event.kind === 'barred') return `${event.entryId}:*`
  if (event.kind === 'booked-missing') return holdKey(event)
  if (event.kind !== 'recorded' || event.outcome === 'refused') return null
  return event.disposition === 'do-not-call' ? `${event.entryId}:*` : holdKey(event)
}

function entries(initial: string[], final: Final): Violation[] {
  const kept = new Set(final.entries.map((entry) => entry.id))
  const phones = new Set(final.entries.map((entry) => entry.phone))
  const lost = initial.filter((id) => !kept.has(id))
  return [
    ...lost.map((id): Violation => ({ rule: 'lost-entry', says: `entry ${id}` })),
    ...(phones.size < final.entries.length
      ? [{ rule: 'same-number-twice' as const, says: 'two entries, one number' }]
      : []),
  ]
}

function attempts(recorded: Of<'recorded'>[], missing: Of<'booked-missing'>[], final: Final): Violation[] {
  const out: Violation[] = []
  const ids = new Map(final.attempts.map((attempt) => [attempt.id, attempt]))
  const byHold = new Map<string, number>()
  const byEntry = new Map<string, number>()
  for (const attempt of final.attempts) {
    byHold.set(holdKey(attempt), (byHold.get(holdKey(attempt)) ?? 0) + 1)
    byEntry.set(attempt.entryId, (byEntry.get(attempt.entryId) ?? 0) + 1)
  }
  for (const [hold, n] of byHold) if (n > 1) out.push({ rule: 'doubled-attempt', says: `${n} by hold ${hold}` })
  if (ids.size < final.attempts.length) out.push({ rule: 'doubled-attempt', says: 'one id twice' })
  const told = new Set(recorded.filter((one) => one.outcome !== 'refused').map((one) => one.id))
  for (const one of recorded) {
    const isBooked = ids.has(one.id) && !told.has(one.id)
    if (one.outcome === 'refused' && isBooked)
      out.push({ rule: 'phantom-attempt', says: `refused ${one.id} is booked` })
    if (one.outcome !== 'refused' && !byHold.has(holdKey(one)))
      out.push({ rule: 'lost-attempt', says: `${one.outcome} ${one.id}` })
  }
  const known = new Set([...recorded, ...missing].map((one) => one.id))
  for (const id of ids.keys()) if (!known.has(id)) out.push({ rule: 'phantom-attempt', says: `nobody sent ${id}` })
  for (const entry of final.entries) {
    const booked = byEntry.get(entry.id) ?? 0
    const says = `entry ${entry.id} counts ${entry.attempts}, ${booked} are booked`
    if (booked !== entry.attempts) out.push({ rule: 'attempts-miscounted', says })
  }
  return out
}

/** What an attempt says at the end was said of it by its record or by an accepted correction. */
function dispositions(recorded: Of<'recorded'>[], corrected: Of<'corrected'>[], final: Final): Violation[] {
  const said = new Map<string, Set<string>>()
  const accepted = corrected.filter((one) => one.isAccepted)
  const lastSent = new Map<string, number>()
  for (const one of accepted) lastSent.set(one.attemptId, Math.max(lastSent.get(one.attemptId) ?? 0, one.sent))
  const byHold = new Map(final.attempts.map((attempt) => [holdKey(attempt), attempt.id]))
  for (const one of recorded) {
    const id = byHold.get(holdKey(one))
    if (one.outcome !== 'refused' && id && !lastSent.has(id)) add(said, id, one.disposition)
  }
  for (const one of accepted) {
    // a correction answered before the last one was sent cannot be the last word
    if (one.answered >= lastSent.get(one.attemptId)!) add(said, one.attemptId, one.disposition)
  }
  return final.attempts.flatMap((attempt): Violation[] => {
    const words = said.get(attempt.id)
    const isRight = attempt.disposition === null ? !words : words?.has(attempt.disposition)
    return isRight ? [] : [{ rule: 'wrong-disposition', says: `attempt ${attempt.id} says ${attempt.disposition}` }]
  })
}

/** POOL-5: accepted while the token is the newest, late once it is not. */
function fencing(recorded: Of<'recorded'>[], grants: Of<'granted'>[], reopened: Of<'reopened'>[]): Violation[] {
  const granted = grouped(grants)
  const opened = grouped(reopened)
  const newer = (one: Of<'recorded'>) => (granted.get(one.entryId) ?? []).filter((grant) => grant.token > one.token)
  return recorded.flatMap((one): Violation[] => {
    const says = `${one.id} on entry ${one.entryId}, token ${one.token}`
    const overtaken = newer(one)
    if (one.outcome === 'accepted' && overtaken.some((grant) => grant.answered < one.sent))
      return [{ rule: 'accepted-after-regrant', says }]
    const cause = [...overtaken, ...(opened.get(one.entryId) ?? [])]
    const isLateForNothing = one.outcome === 'late' && !cause.some((event) => event.sent <= one.answered)
    return isLateForNothing ? [{ rule: 'late-without-cause', says }] : []
  })
}

/** POOL-16: once do-not-call is acknowledged, nobody is given that customer, until an administrator reopens it. */
function barring(
  grants: Of<'granted'>[],
  barred: Of<'barred'>[],
  recorded: Of<'recorded'>[],
  reopened: Of<'reopened'>[],
): Violation[] {
  const bars = [...barred, ...recorded.filter((one) => one.disposition === 'do-not-call' && one.outcome !== 'refused')]
  const granted = grouped(grants)
  const opened = grouped(reopened)
  return bars.flatMap((bar) =>
    (granted.get(bar.entryId) ?? [])
      .filter((grant) => grant.sent > bar.answered)
      .filter(
        (grant) =>
          !(opened.get(bar.entryId) ?? []).some((one) => one.answered > bar.sent && one.sent <= grant.answered),
      )
      .map((grant): Violation => ({ rule: 'granted-while-barred', says: `entry ${bar.entryId} to ${grant.agentId}` })),
  )
}

function books(all: Of<'books'>[], final: Final): Violation[] {
  const unbalanced = all.flatMap((event): Violation[] => {
    const keys = new Set([...Object.keys(event.figures), ...Object.keys(event.counted)])
    const wrong = [...keys].filter((key) => (event.figures[key] ?? 0) !== (event.counted[key] ?? 0))
    const says = wrong
      .map((key) => `${key}: ${event.figures[key] ?? 0} told, ${event.counted[key] ?? 0} there`)
      .join('; ')
    return wrong.length > 0 ? [{ rule: 'books-unbalanced', says: `at ${event.sent}: ${says}` }] : []
  })
  const counted = new Map<string, number>()
  for (const { disposition } of final.attempts)
    if (disposition) counted.set(disposition, (counted.get(disposition) ?? 0) + 1)
  const codes = new Set([...counted.keys(), ...Object.keys(final.byDisposition)])
  const off = [...codes].filter((code) => (counted.get(code) ?? 0) !== (final.byDisposition[code] ?? 0))
  return [...unbalanced, ...off.map((code): Violation => ({ rule: 'books-unbalanced', says: `disposition ${code}` }))]
}

const holdKey = ({ entryId, token }: Hold): string => `${entryId}:${token}`
function grouped<E extends { entryId: string }>(events: E[]): Map<string, E[]> {
  const groups = new Map<string, E[]>()
  for (const event of events) push(groups, event.entryId, event)
  return groups
}
function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  map.set(key, (map.get(key) ?? new Set<V>()).add(value))
}
