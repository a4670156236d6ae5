import type { TrunkNumber } from '#shared/protocol/trunks'
import { bareNumber } from './trunk-words'

/** A number of a trunk as the sheet edits it: everything is a word, for its fields. */
export type NumberRow = {
  number: string
  /** `user:ID` or `pool:ID`. */
  to: string
  ringSeconds: string
  /** How many of a pool ring together; `all`. */
  atOnce: string
  /** Whom it rings when nobody of the pool answers; empty: nobody. */
  fallback: string
  nobody: 'busy' | 'unavailable'
}

export const RING_SECONDS = ['10', '15', '20', '30', '45', '60']
export const AT_ONCE = ['1', '2', '3', '5', '10', 'all']

export const newRow = (to: string): NumberRow => ({
  number: '',
  to,
  ringSeconds: to.startsWith('pool:') ? '20' : '45',
  atOnce: '1',
  fallback: '',
  nobody: 'busy',
})

export function rowOf(one: TrunkNumber): NumberRow {
  const { number, ringSeconds } = one
  if ('userId' in one) {
    const row = newRow(`user:${one.userId}`)
    return { ...row, number, ringSeconds: String(ringSeconds ?? row.ringSeconds) }
  }
  return {
    number,
    to: `pool:${one.poolId}`,
    ringSeconds: String(ringSeconds),
    atOnce: one.atOnce === null ? 'all' : String(one.atOnce),
    fallback: one.fallbackUserId ?? '',
    nobody: one.nobody,
  }
}

export function numberOf({ number: written, to, ringSeconds: seconds, ...row }: NumberRow): TrunkNumber {
  const [number, ringSeconds] = [bareNumber(written), Number(seconds)]
  const [kind, id = ''] = to.split(/:(.*)/)
  if (kind !== 'pool') return { number, userId: id, ringSeconds }
  const atOnce = row.atOnce === 'all' ? null : Number(row.atOnce)
  return { number, poolId: id, ringSeconds, atOnce, fallbackUserId: row.fallback || null, nobody: row.nobody }
}
