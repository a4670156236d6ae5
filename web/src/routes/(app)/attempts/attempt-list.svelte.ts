import type { Attempt } from '#shared/protocol/attempts'
import type { Reply, Trouble } from '$lib/api/client'
import type { AttemptPage } from './attempt-api'
import { withNewest } from './newest'

type Ask = (cursor: string | null, limit: number) => Promise<Reply<AttemptPage>>
const PAGE = 50
const REFRESH_MS = 5_000

/**
 * The attempts of one set of filters: pages behind each other, and what is new put on top while one looks. What is
 * shown stays until the answer is there, so that nothing jumps.
 */
export class AttemptList {
  items = $state.raw<Attempt[]>([])
  cursor = $state.raw<string | null>(null)
  problem = $state.raw<Trouble | null>(null)
  isLoading = $state(true)
  /** An answer has come at least once. */
  isKnown = $state(false)
  private latest = 0

  constructor(private ask: Ask) {}

  /** Begins again with other filters; the answer stops the refreshing. */
  show(ask: Ask): () => void {
    this.ask = ask
    void this.load(null)
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.refresh(), REFRESH_MS)
    return () => clearInterval(timer)
  }

  more(): void {
    if (this.cursor !== null && !this.isLoading) void this.load(this.cursor)
  }
  again = (): void => void this.load(this.isKnown ? this.cursor : null)

  /** One of those shown, as it is now. */
  put(changed: Attempt): void {
    this.items = this.items.map((item) => (item.id === changed.id ? changed : item))
  }

  private async load(cursor: string | null): Promise<void> {
    const mine = ++this.latest
    this.isLoading = true
    const reply = await this.ask(cursor, PAGE)
    if (mine !== this.latest) return
    this.isLoading = false
    this.problem = reply.ok ? null : reply.problem
    if (!reply.ok) return
    this.isKnown = true
    this.items = cursor === null ? reply.value.items : [...this.items, ...reply.value.items]
    this.cursor = reply.value.nextCursor
  }

  /** The newest page again: new ones come on top, corrected ones change in place. */
  private async refresh(): Promise<void> {
    if (this.isLoading || !this.isKnown) return
    const mine = this.latest
    const reply = await this.ask(null, PAGE)
    if (mine !== this.latest || !reply.ok) return
    const merged = withNewest(this.items, reply.value.items)
    // with a gap, or nothing shown yet, it begins again
    if (merged === null || this.items.length === 0) this.cursor = reply.value.nextCursor
    this.items = merged ?? reply.value.items
  }
}
