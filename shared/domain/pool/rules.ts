import type { Caps } from '../number/caps'
import { diallingOf, type DiallingSettings } from './dialling'
import type { Disposition } from './disposition'
import type { FormField } from './form'

/** What a pool's settings mean to decisions; times in milliseconds. */
export type PoolRules = {
  maxAttempts: number
  leaseMs: number
  callbackGraceMs: number
  /** Skips per agent and day; null: unlimited (POOL-7). */
  skipBudget: number | null
  timeZone: string
  dispositions: readonly Disposition[]
  /** POOL-28: what is asked in the call. */
  form?: readonly FormField[] | undefined
  /** POOL-19. */
  caps?: Caps | undefined
} & Required<DiallingSettings>

type Settings = DiallingSettings & {
  maxAttempts: number
  leaseMinutes: number
  callbackGraceMinutes: number
  skipBudget: number | null
  timeZone: string
  dispositions: readonly Disposition[]
  /** POOL-28: what is asked in the call. */
  form?: readonly FormField[] | undefined
  caps?: Caps | undefined
}

const MINUTE_MS = 60_000

export function rulesOf(settings: Settings): PoolRules {
  return {
    maxAttempts: settings.maxAttempts,
    leaseMs: settings.leaseMinutes * MINUTE_MS,
    callbackGraceMs: settings.callbackGraceMinutes * MINUTE_MS,
    skipBudget: settings.skipBudget,
    timeZone: settings.timeZone,
    dispositions: settings.dispositions,
    form: settings.form,
    caps: settings.caps,
    ...diallingOf(settings),
  }
}

/** POOL-6, 10, 11, 15, 17: what a new pool has where nothing is said. */
export const DEFAULTS = {
  maxAttempts: 3,
  leaseMinutes: 10,
  wrapUpSeconds: 30,
  callbackGraceMinutes: 15,
  skipBudget: null,
} as const
