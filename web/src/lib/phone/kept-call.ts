import type { PhoneCall } from './phone'

/** RFC 3891: a dialog as the edge names it. `toTag` is the edge's, `fromTag` ours. */
export type DialogName = { callId: string; toTag: string; fromTag: string }
/** What a page must know of a call to take it up again. */
export type KeptCall = {
  dialog: DialogName
  call: Pick<PhoneCall, 'id' | 'direction' | 'number' | 'name' | 'dialled' | 'leaseId' | 'answeredAt'>
  /** Epoch ms: the page's last sign of life; and when it said that it goes, null if it did not get to. */
  seenAt: number
  leftAt: number | null
}

/** The edge keeps a call for 20 s after its page said that it goes (SIP-3); one that died without a word is missed later. */
const GRACE_MS = 20_000
const CRASH_GRACE_MS = 40_000

/** Until when it can be had back, epoch ms. */
export const keptUntil = ({ leftAt, seenAt }: KeptCall): number =>
  leftAt === null ? seenAt + CRASH_GRACE_MS : leftAt + GRACE_MS

/**
 * PHONE-9. The answered call of this person in this browser, written down while it goes on, so that the page that comes after a reload,
 * a crash or a closed tab can offer it back. It outlives the tab, and nothing else.
 */
export class CallKeeper {
  private readonly key: string

  constructor(
    username: string,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
  ) {
    this.key = `phone-call:${username}`
  }

  keep(dialog: DialogName, call: PhoneCall, now: number): void {
    const { id, direction, number, name, dialled, leaseId, answeredAt } = call
    const what = { id, direction, number, name, dialled, leaseId, answeredAt }
    this.write({ dialog, call: what, seenAt: now, leftAt: null })
  }

  /** The page goes. */
  leave(now: number): void {
    const kept = this.read()
    if (kept) this.write({ ...kept, seenAt: now, leftAt: now })
  }

  forget(): void {
    this.storage.removeItem(this.key)
  }

  /** What may be had back now; null: nothing, or too late. */
  find(now: number): KeptCall | null {
    const kept = this.read()
    if (kept && keptUntil(kept) > now && kept.call.answeredAt !== null) return kept
    if (kept) this.forget()
    return null
  }

  private read(): KeptCall | null {
    try {
      return JSON.parse(this.storage.getItem(this.key) ?? 'null') as KeptCall | null
    } catch {
      return null
    }
  }
  private write(kept: KeptCall): void {
    this.storage.setItem(this.key, JSON.stringify(kept))
  }
}
