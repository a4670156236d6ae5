import type { Hours } from '#shared/domain/hours/hours'
import type { Locality } from '#shared/domain/hours/locality'
import { openingOf } from '#shared/domain/hours/opening'
import { scheduleFor } from '#shared/domain/hours/schedule'
import { localText } from '#shared/domain/hours/wall-clock'
import type { LaneCounts } from '#shared/domain/pool/counts'
import { classOfLane } from '#shared/domain/pool/hours-class'
import { whyCounts, whyEntry as rulesOn, type Rule } from '#shared/domain/pool/why'
import { RULES, type HoursClass, type HoursPreview, type WhyEntry, type WhyNothing } from '#shared/protocol/pool-hours'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'
import { entryOf } from './replies'
import { wakeDue } from './wake'

const UNKNOWN: Pick<HoursClass, 'zones' | 'jurisdiction' | 'from'> = { zones: [], jurisdiction: null, from: 'unsorted' }
const told = (locality: Locality | null) => (locality ? { ...locality, zones: [...locality.zones] } : UNKNOWN)
/** Which rule a lane's next waking lifts. */
const TIMED: Partial<Record<Rule, string>> = {
  leased: 'leased',
  notDue: 'not-due',
  callbackLater: 'callback-later',
  cap: 'cap',
  heldElsewhere: 'held-elsewhere',
}

/** How many stand in lanes that hours may close, by class. */
function waitingByClass(lanes: LaneCounts): Map<number, number> {
  const counts = new Map<number, number>()
  for (const [lane, n] of lanes) {
    const hoursClass = classOfLane(lane)
    if (hoursClass !== null && n > 0) counts.set(hoursClass, (counts.get(hoursClass) ?? 0) + n)
  }
  return counts
}

/** POOL-8: the pool by the rule that blocks, with what is ready; from counters, whatever the size of the pool. */
export function whyNothing(store: PoolStore, now: number): WhyNothing {
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const lanes = store.entries.laneCounts()
  const isOpen = (hoursClass: number) => store.hours.isOpen(hoursClass, now)
  const counts = whyCounts(lanes, { state: pool.state, isOpen })
  const classes = [...waitingByClass(lanes)].map(([hoursClass, n]): HoursClass => {
    const opening = store.hours.opening(hoursClass, now)
    return { ...told(store.hours.localityOf(hoursClass)), n, ...opening }
  })
  const openings = classes.flatMap(({ isOpen: open, changesAt }) => (open ? [] : (changesAt ?? [])))
  const wakes = store.entries.nextWakes()
  const clearsAt = (rule: Rule): number | null => {
    if (rule === 'outsideHours') return openings.length > 0 ? Math.min(...openings) : null
    return wakes.get(TIMED[rule] ?? '') ?? null
  }
  return {
    total: [...lanes.values()].reduce((sum, n) => sum + n, 0),
    rules: RULES.flatMap((rule) => {
      const n = counts.get(rule) ?? 0
      return n > 0 || rule === 'ready' ? [{ rule, n, clearsAt: clearsAt(rule) }] : []
    }),
    hours: classes.sort((a, b) => b.n - a.n),
    at: now,
  }
}

/** POOL-8 for one customer. */
export function whyEntry(store: PoolStore, entryId: string, now: number): WhyEntry {
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const { entry, hoursClass } = entryOf(store, entryId)
  const opening = store.hours.opening(hoursClass, now)
  const opensAfter = (at: number) => store.hours.opensAfter(hoursClass, at)
  const why = rulesOn(entry, store.rules, pool.state, { ...opening, opensAfter }, now)
  const locality = told(store.hours.localityOf(hoursClass))
  const holder = entry.lease && store.attempts.grant(entry.id, entry.lease.token)
  return {
    entryId,
    customerName: store.cards.get(entry.id).name,
    rules: why.rules.map((held) => ({
      ...held,
      agentName: holder && held.agentId === holder.agentId ? holder.agentName : null,
    })),
    nextDueAt: why.nextDueAt,
    locality: { ...locality, localTimes: locality.zones.map((zone) => localText(zone, now)) },
    attempts: entry.attempts,
    maxAttempts: store.rules.maxAttempts,
    at: now,
  }
}

/** POOL-18: what these hours would do now to those who wait, before anybody keeps them. */
export function previewHours(store: PoolStore, hours: Hours | null, now: number): HoursPreview {
  if (!store.pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const classes = [...waitingByClass(store.entries.laneCounts())].map(([hoursClass, n]): HoursClass => {
    const locality = told(store.hours.localityOf(hoursClass))
    return { ...locality, n, ...openingOf(scheduleFor(hours, locality.jurisdiction), locality.zones, now) }
  })
  const count = (of: HoursClass[]) => of.reduce((sum, { n }) => sum + n, 0)
  const openings = classes.flatMap(({ isOpen, changesAt }) => (isOpen ? [] : (changesAt ?? [])))
  return {
    open: count(classes.filter(({ isOpen }) => isOpen)),
    of: count(classes),
    opensAt: openings.length > 0 ? Math.min(...openings) : null,
    classes: classes.sort((a, b) => b.n - a.n),
  }
}
