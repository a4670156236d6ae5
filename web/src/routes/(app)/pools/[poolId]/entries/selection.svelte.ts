import type { EntryFilter } from '#shared/domain/pool/entry-filter'
import type { BulkSelection } from '#shared/protocol/bulk'

type Named = Readonly<Record<string, true>>
const NONE: Named = {}

/** Some by name, or all that match but some: what a bulk action is asked for. */
export class Selection {
  private isAll = $state(false)
  private named = $state.raw<Named>(NONE)
  /** Where the last choice was made: a choice with Shift reaches from there. */
  private anchor: number | null = null

  private readonly names = $derived(Object.keys(this.named))

  get all(): boolean {
    return this.isAll && this.names.length === 0
  }
  get isEmpty(): boolean {
    return !this.isAll && this.names.length === 0
  }
  has(id: string): boolean {
    return this.isAll !== id in this.named
  }
  count(total: number): number {
    return this.isAll ? Math.max(0, total - this.names.length) : this.names.length
  }

  /** `between`: with Shift, the ids from the last choice to this one, as far as they are loaded. */
  turn(id: string, index: number, on: boolean, between?: (from: number, to: number) => string[]): void {
    const ids =
      between && this.anchor !== null ? between(Math.min(this.anchor, index), Math.max(this.anchor, index)) : [id]
    const named: Record<string, true> = { ...this.named }
    for (const one of ids) {
      if (on === this.isAll) delete named[one]
      else named[one] = true
    }
    this.named = named
    this.anchor = index
  }
  takeAll(): void {
    this.isAll = true
    this.named = NONE
  }
  clear(): void {
    this.isAll = false
    this.named = NONE
    this.anchor = null
  }

  asked(filter: EntryFilter): BulkSelection {
    return this.isAll ? { filter, except: this.names } : { entries: this.names }
  }
}
