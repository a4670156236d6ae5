import type { Hand } from './hand'

const DEFAULT_SECONDS = 5

/**
 * POOL-25: after how many milliseconds this customer is dialled without a press; null: never. Only a customer just given
 * out, of a pool that dials so, by the browser's own telephone; not one whose call was made, who is owed, or who was taken back.
 */
export function dialsItself(hand: Hand, byBrowser: boolean): number | null {
  const { mode, countdownSeconds = DEFAULT_SECONDS } = hand.view.pool
  if (mode !== 'progressive' || !byBrowser) return null
  return hand.call || hand.owed || hand.freed ? null : countdownSeconds * 1000
}

/** Whether the pool's next customer is asked for again by itself when one comes due. */
export const goesOnByItself = (hand: Hand | null): boolean => hand?.view.pool.mode === 'progressive'
