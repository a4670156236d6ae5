import { clock } from '$lib/ui/clock.svelte'
import { dialsItself } from './dials-itself'
import type { Hand } from './hand'

/** One tab of a browser counts down: an urgent customer is told to all of them. */
const LOCK = 'switchroom-countdown'

/**
 * POOL-25, progressive: the customer just taken in hand is dialled after a countdown, unless its agent stops it.
 *
 *   idle ──a customer of such a pool──▶ counting ──endsAt──▶ dialled
 *                                          └ Stop, Escape, or the agent begins something else ─▶ idle
 *
 * Only who takes the customer counts: a reload, or another tab that shows them too, never dials unasked.
 */
export class AutoDial {
  leaseId = $state<string | null>(null)
  endsAt = $state(0)
  /** The last thing to be said aloud. */
  wasStopped = $state(false)
  /** Set by the page that can dial. */
  ondue: (leaseId: string) => void = () => {}
  private over: () => void = () => {}

  /** Whether the browser makes the calls is the page's word at that moment (POOL-12). */
  begin(hand: Hand, byBrowser: boolean): void {
    this.stop()
    this.wasStopped = false
    const ms = dialsItself(hand, byBrowser)
    if (ms === null) return
    void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
      lock ? this.count(hand.leaseId, ms) : undefined,
    )
  }

  private count(leaseId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.over()
        this.ondue(leaseId)
      }, ms)
      this.over = () => {
        clearTimeout(timer)
        this.leaseId = null
        this.over = () => {}
        resolve()
      }
      this.leaseId = leaseId
      this.endsAt = clock.read() + ms
    })
  }

  stop(): void {
    if (this.leaseId === null) return
    this.over()
    this.wasStopped = true
  }
}
