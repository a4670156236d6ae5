/** POOL-2: due retries before fresh ones, the other way round, or every n-th a fresh one. */
export type Mix = 'retries-first' | 'fresh-first' | { oneIn: number }
export type DialMode = 'preview' | 'progressive'

/** Settings that a pool of an earlier version does not name. */
export type DiallingSettings = {
  mix?: Mix
  mode?: DialMode
  countdownSeconds?: number
  pushPriority?: number | null
  doNotCallWrites?: 'global' | 'pool'
}

/** POOL-2, 16, 25: what a pool has where nothing is said. */
export const DIALLING_DEFAULTS = {
  mix: 'retries-first',
  mode: 'preview',
  countdownSeconds: 5,
  pushPriority: null,
  doNotCallWrites: 'global',
} as const satisfies Required<DiallingSettings>

export const diallingOf = (settings: DiallingSettings): Required<DiallingSettings> => ({
  mix: settings.mix ?? DIALLING_DEFAULTS.mix,
  mode: settings.mode ?? DIALLING_DEFAULTS.mode,
  countdownSeconds: settings.countdownSeconds ?? DIALLING_DEFAULTS.countdownSeconds,
  pushPriority: settings.pushPriority ?? DIALLING_DEFAULTS.pushPriority,
  doNotCallWrites: settings.doNotCallWrites ?? DIALLING_DEFAULTS.doNotCallWrites,
})

/** Of two customers of the same rank and priority, which kind is given out now. */
export type Kind = 'retry' | 'fresh'

/**
 * POOL-2. `given`: customers the pool has given out before this one. With one in n, each n-th is a fresh one and the others
 * are retries; where only one kind is there, it is given out whichever turn it is.
 */
export function kindNow(mix: Mix, given: number): Kind {
  if (mix === 'retries-first') return 'retry'
  if (mix === 'fresh-first') return 'fresh'
  return given % mix.oneIn === mix.oneIn - 1 ? 'fresh' : 'retry'
}
