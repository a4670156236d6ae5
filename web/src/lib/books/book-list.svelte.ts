import type { Reply, Trouble } from '$lib/api/client'

export type BookPage<T> = { items: T[]; nextCursor: string | null }
export type AskBook<T> = (cursor: string | null, limit: number) => Promise<Reply<BookPage<T>>>

/**
 * What the books hold for one set of filters, newest first: pages behind each other. What is shown stays until the answer is
 * there, so that nothing jumps.
 */
export class BookList<T> {
  items = $state.raw<T[]>([])
  cursor = $state.raw<string | null>(null)
  problem = $state.raw<Trouble | null>(null)
  isLoading = $state(true)
  /** An answer has come at least once. */
  isKnown = $state(false)
  /** Counts what was asked: an answer to anything but the last is not heard. */
  protected latest = 0
  /** Where the last asking began, null: at the newest. */
  protected from: string | null = null
  protected ask: AskBook<T> = () => Promise.reject(new Error('nothing is asked yet'))

  constructor(protected readonly page: number) {}

  /** Begins again with other filters; what is behind the rows of the filters before is no longer asked for. */
  show(ask: AskBook<T>): void {
    this.ask = ask
    this.cursor = null
    void this.load(null)
  }
  more = (): void => {
    if (this.cursor !== null && !this.isLoading) void this.load(this.cursor)
  }
  again = (): void => void this.load(this.from)

  private async load(cursor: string | null): Promise<void> {
    const mine = ++this.latest
    this.from = cursor
    this.isLoading = true
    const reply = await this.ask(cursor, this.page)
    if (mine !== this.latest) return
    this.isLoading = false
    this.problem = reply.ok ? null : reply.problem
    if (!reply.ok) return
    this.isKnown = true
    this.items = cursor === null ? reply.value.items : [...this.items, ...reply.value.items]
    this.cursor = reply.value.nextCursor
  }
}
