import type { Hours } from '../hours/hours'
import type { Locality } from '../hours/locality'
import { packsFor } from '../hours/schedule'
import { localText } from '../hours/wall-clock'

/** One rule as it was looked at: its version, and whether it let the call through. */
export type CheckedRule = { rule: 'calling-hours' | 'do-not-call' | 'attempts'; version: string; passed: boolean }

/**
 * POOL-20, the contactability receipt: what was checked before a customer was called, by which version of each rule, what
 * their clocks showed, and what was decided. It stays with the attempt, whatever the rules become.
 */
export type Receipt = {
  at: number
  /** `dial`: when the call was placed through us; `record`: the call was made by hand, and looked at when it was reported. */
  on: 'dial' | 'record'
  /** `asked-for`: outside hours, but a call the customer had asked for (POOL-15). */
  decision: 'allowed' | 'asked-for' | 'outside-hours' | 'do-not-call'
  jurisdiction: string | null
  zoneFrom: Locality['from'] | null
  /** Every zone the customer may be in, with what a clock showed there: 2026-11-21 14:32. */
  localTimes: { zone: string; time: string }[]
  rules: CheckedRule[]
}

/** Zones a receipt names; a number that may be anywhere in a continent is told by its extremes. */
const MOST_ZONES = 6

export type Checked = {
  at: number
  on: Receipt['on']
  locality: Locality | null
  hours: Hours | null
  poolVersion: number
  isOpen: boolean
  /** A call promised to the customer: hours do not hold it back. */
  isAskedFor: boolean
  onDoNotCall: boolean
  /** The attempt about to be made, of how many. */
  attempt: number
  maxAttempts: number
}

export function receiptOf(checked: Checked): Receipt {
  const { at, on, locality, isOpen, isAskedFor, onDoNotCall, attempt, maxAttempts, poolVersion } = checked
  const late = isAskedFor ? 'asked-for' : 'outside-hours'
  return {
    at,
    on,
    decision: onDoNotCall ? 'do-not-call' : isOpen ? 'allowed' : late,
    jurisdiction: locality?.jurisdiction ?? null,
    zoneFrom: locality?.from ?? null,
    localTimes: clocksOf(locality?.zones ?? [], at),
    rules: [
      { rule: 'calling-hours', version: hoursVersion(checked), passed: isOpen },
      { rule: 'do-not-call', version: new Date(at).toISOString(), passed: !onDoNotCall },
      {
        rule: 'attempts',
        version: `${attempt}/${maxAttempts}@${poolVersion}`,
        passed: isAskedFor || attempt <= maxAttempts,
      },
    ],
  }
}

/** `pool@7 US@2025-11 US-FL@2025-11`; `none@7`: the pool keeps no hours. */
function hoursVersion({ hours, locality, poolVersion }: Checked): string {
  if (!hours) return `none@${poolVersion}`
  const packs = packsFor(hours, locality?.jurisdiction ?? null).map(({ code, version }) => `${code}@${version}`)
  return [`pool@${poolVersion}`, ...packs].join(' ')
}

function clocksOf(zones: readonly string[], at: number): Receipt['localTimes'] {
  const clocks = zones.map((zone) => ({ zone, time: localText(zone, at) }))
  const apart = [...new Map(clocks.map((clock) => [clock.time, clock])).values()]
  const sorted = apart.sort((a, b) => (a.time < b.time ? -1 : 1))
  return sorted.length <= MOST_ZONES ? sorted : [...sorted.slice(0, MOST_ZONES / 2), ...sorted.slice(-MOST_ZONES / 2)]
}
