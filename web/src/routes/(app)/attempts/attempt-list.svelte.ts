import type { Attempt } from '#shared/protocol/attempts'
import { BookList, type AskBook } from '$lib/books/book-list.svelte'
import { withNewest } from './newest'

const PAGE = 50
const REFRESH_MS = 5_000

/** The attempts of one set of filters; what is new is put on top while one looks. */
export class AttemptList extends BookList<Attempt> {
  constructor() {
    super(PAGE)
  }

  /** Begins again with other filters; the answer stops the refreshing. */
  watch(ask: AskBook<Attempt>): () => void {
    this.show(ask)
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.refresh(), REFRESH_MS)
    return () => clearInterval(timer)
  }

  /** One of those shown, as it is now. */
  put(changed: Attempt): void {
    this.items = this.items.map((item) => (item.id === changed.id ? changed : item))
  }

  /** The newest page again: new ones come on top, corrected ones change in place. */
  private async refresh(): Promise<void> {
    // without the first page of these filters, what is shown is of those before
    if (this.isLoading || !this.isKnown || (this.problem && this.from === null)) return
    const mine = this.latest
    const reply = await this.ask(null, PAGE)
    if (mine !== this.latest || !reply.ok) return
    const merged = withNewest(this.items, reply.value.items)
    // with a gap, or nothing shown yet, it begins again
    if (merged === null || this.items.length === 0) this.cursor = reply.value.nextCursor
    this.items = merged ?? reply.value.items
  }
}
