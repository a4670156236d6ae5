import type { EntryRow, Shows } from '#shared/protocol/entries'
import type { Reply, Trouble } from '$lib/api/client'
import type { EntryPage } from './entry-api'

type Outline = { total: number; every: number; cursors: string[] }
export type Source = {
  outline(shows: Shows, after: string | undefined): Promise<Reply<Outline>>
  page(shows: Shows, cursor: string | null, limit: number, after: string | undefined): Promise<Reply<EntryPage>>
}
const AT_ONCE = 3
/** Pages kept: far more than anyone sees, far less than a pool of a million. */
const KEPT = 60
export const EVERY = 200

/**
 * The rows of a list of any length, page by page as they are looked at. The outline says how many there are and where each
 * page begins, so a jump to the middle asks for one page; what was passed by on the way is not asked for any more.
 */
export class EntryPages {
  total = $state<number | null>(null)
  problem = $state.raw<Trouble | null>(null)
  /** Raised when rows arrive: what is read by index is read anew. */
  private version = $state(0)
  private pages: Record<number, EntryRow[]> = {}
  private cursors: (string | null)[] = [null]
  private wanted: number[] = []
  /** On their way. */
  private asked: number[] = []
  private shows: Shows | null = null
  private after: string | undefined
  private turn = 0

  constructor(private readonly source: Source) {}

  /** Another filter or order: begins anew. The same again: what is shown stays until its successor is there. */
  async show(shows: Shows, after: string | null): Promise<void> {
    const mine = ++this.turn
    const isSame = JSON.stringify(shows) === JSON.stringify(this.shows)
    this.shows = shows
    this.after = after ?? undefined
    this.asked = []
    if (!isSame) {
      this.pages = {}
      this.cursors = [null]
      this.total = null
      this.version += 1
    }
    const seen = isSame ? this.wanted : [0]
    const [outline, ...rows] = await Promise.all([
      this.source.outline(shows, this.after),
      ...(isSame ? [] : [this.source.page(shows, null, EVERY, this.after)]),
    ])
    if (mine !== this.turn) return
    this.problem = outline.ok ? null : outline.problem
    if (!outline.ok) return
    this.cursors = [null, ...outline.value.cursors]
    const [first] = rows
    if (first?.ok) this.pages[0] = first.value.items
    else if (isSame) await this.renew(mine, seen)
    if (mine !== this.turn) return
    this.total = outline.value.total
    this.version += 1
    this.fetchNext()
  }

  row(index: number): EntryRow | undefined {
    void this.version
    return this.pages[Math.floor(index / EVERY)]?.[index % EVERY]
  }

  /** A row whose page is there and that is not on it: it left the list meanwhile. */
  isGone(index: number): boolean {
    void this.version
    return Math.floor(index / EVERY) in this.pages && this.row(index) === undefined
  }

  /** These rows are looked at, or about to be. */
  need(first: number, last: number): void {
    this.wanted = []
    for (let page = Math.max(0, Math.floor(first / EVERY)); page <= Math.floor(last / EVERY); page += 1)
      this.wanted.push(page)
    this.fetchNext()
  }

  private fetchNext(): void {
    for (const page of this.wanted) {
      if (this.asked.length >= AT_ONCE) return
      if (page in this.pages || this.asked.includes(page) || page >= this.cursors.length) continue
      void this.fetch(page)
    }
  }

  private async fetch(page: number): Promise<void> {
    const mine = this.turn
    this.asked = [...this.asked, page]
    const reply = await this.source.page(this.shows!, this.cursors[page]!, EVERY, undefined)
    if (mine !== this.turn) return
    this.asked = this.asked.filter((one) => one !== page)
    if (!reply.ok) {
      this.problem = reply.problem
      return
    }
    this.pages[page] = reply.value.items
    const held = Object.keys(this.pages).map(Number)
    if (held.length > KEPT) {
      delete this.pages[held.reduce((far, one) => (Math.abs(one - page) > Math.abs(far - page) ? one : far))]
    }
    this.version += 1
    this.fetchNext()
  }

  /** What is looked at now is read again before anything old is thrown away. */
  private async renew(mine: number, seen: number[]): Promise<void> {
    const fresh: Record<number, EntryRow[]> = {}
    await Promise.all(
      seen.map(async (page) => {
        if (page >= this.cursors.length) return
        const reply = await this.source.page(this.shows!, this.cursors[page]!, EVERY, this.after)
        if (reply.ok) fresh[page] = reply.value.items
      }),
    )
    if (mine === this.turn) this.pages = fresh
  }
}
