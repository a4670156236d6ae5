import type { Disposition, PoolStats } from '#shared/protocol/pools'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'

/** The states of an entry in the order a pool is worked through; their counts add up to its total (POOL-3). */
export const STATES: readonly {
  state: string
  key: keyof Omit<PoolStats, 'byDisposition'>
  hue: Hue
  word: () => string
}[] = [
  { state: 'completed', key: 'completed', hue: 'green', word: m.admin_state_completed },
  { state: 'leased', key: 'leased', hue: 'blue', word: m.admin_state_leased },
  { state: 'pending', key: 'pending', hue: 'plain', word: m.admin_state_pending },
  { state: 'unreachable', key: 'unreachable', hue: 'purple', word: m.admin_state_unreachable },
  { state: 'paused', key: 'paused', hue: 'yellow', word: m.admin_state_paused },
  { state: 'do-not-call', key: 'doNotCall', hue: 'red', word: m.admin_state_do_not_call },
]
export const stateOf = (state: string) => STATES.find((one) => one.state === state)

export const POOL_STATES = {
  open: { hue: 'green', word: m.admin_pool_open },
  paused: { hue: 'yellow', word: m.admin_pool_paused },
  closed: { hue: 'plain', word: m.admin_pool_closed },
} as const satisfies Record<string, { hue: Hue; word: () => string }>

/** The pool's own word for a disposition; its code where the pool no longer knows it. */
export function dispositionWord(
  dispositions: readonly Disposition[],
  code: string | null,
  locale: 'en' | 'tr' | 'es' | 'ar',
): string {
  if (code === null) return m.admin_disposition_missing()
  const known = dispositions.find((one) => one.code === code)
  return known?.labels[locale] ?? known?.labels.en ?? code
}
/** A bar of a pool leaves out who still waits: what is coloured is done or in hand. */
export const barParts = (stats: PoolStats) =>
  STATES.filter((one) => one.state !== 'pending').map((one) => ({ value: stats[one.key], hue: one.hue }))
export const workedThrough = (stats: PoolStats): number => stats.completed + stats.unreachable + stats.doNotCall
