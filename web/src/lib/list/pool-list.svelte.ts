import type { ListedEntry, ListFound, ListPage } from '#shared/protocol/list-mode'
import type { Reply, Trouble } from '$lib/api/reply'
import { PoolFeed } from '$lib/live/pool-feed.svelte'
import { readList, searchList } from './list-api'

/** How long the list waits before it reads itself anew, when many things change at once. */
const GATHER_MS = 600
/** Between two letters of somebody who types. */
const TYPING_MS = 250

/** A pool as its agents see it in list mode: pages by display rank, and over them what is heard live (POOL-22). */
export class PoolList {
  status = $state<string | null>(null)
  /** What is searched for; '': nothing. */
  text = $state('')
  /** Of the search as it was last answered; null: none. */
  found = $state.raw<Pick<ListFound, 'found' | 'isCut'> | null>(null)
  isReady = $state(true)
  byStatus = $state.raw<ListPage['byStatus']>({})
  trouble = $state.raw<Trouble | null>(null)
  isLoading = $state(false)
  nextCursor = $state<string | null>(null)
  private read = $state.raw<readonly ListedEntry[] | null>(null)
  private readonly feed: PoolFeed
  private latest = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  /** An entry stands where it was read, and shows what was last heard of it. */
  readonly items = $derived(this.read?.map((entry) => this.feed.entries[entry.entryId] ?? entry) ?? null)

  constructor(readonly poolId: string) {
    this.feed = new PoolFeed(poolId, () => this.soon())
  }

  get isLive(): boolean {
    return this.feed.status === 'live' || this.feed.status === 'connecting'
  }
  start(): () => void {
    void this.load()
    const stop = this.feed.start()
    return () => {
      clearTimeout(this.timer)
      stop()
    }
  }

  show(status: string | null): void {
    this.status = status
    void this.load()
  }
  /** Typed, or cleared. */
  search(text: string): void {
    if (text.trim() === this.text.trim()) return
    this.text = text
    this.nextCursor = null
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), TYPING_MS)
  }
  private async page(cursor: string | null): Promise<Reply<ListPage & Partial<ListFound>>> {
    const { status } = this
    const text = this.text.trim()
    if (text === '') return readList(this.poolId, { status, cursor })
    return searchList(this.poolId, { text, status, cursor })
  }
  /** From the top, as far as was read. */
  async load(): Promise<void> {
    const mine = ++this.latest
    this.isLoading = true
    const wanted = Math.max(1, this.read?.length ?? 0)
    const found: ListedEntry[] = []
    let cursor: string | null = null
    do {
      const reply = await this.page(cursor)
      if (mine !== this.latest) return
      this.trouble = reply.ok ? null : reply.problem
      if (!reply.ok) break
      found.push(...reply.value.items)
      cursor = reply.value.nextCursor
      this.isReady = reply.value.isReady
      this.byStatus = reply.value.byStatus
      const { found: many, isCut = false } = reply.value
      this.found = many === undefined ? null : { found: many, isCut }
    } while (cursor !== null && found.length < wanted && found.length < 500)
    this.isLoading = false
    if (this.trouble) return
    this.read = found
    this.nextCursor = cursor
    if (!this.isReady) this.soon()
  }
  async more(): Promise<void> {
    if (this.nextCursor === null || this.isLoading) return
    const mine = ++this.latest
    this.isLoading = true
    const reply = await this.page(this.nextCursor)
    if (mine !== this.latest) return
    this.isLoading = false
    this.trouble = reply.ok ? null : reply.problem
    if (!reply.ok) return
    this.read = [...(this.read ?? []), ...reply.value.items]
    this.nextCursor = reply.value.nextCursor
  }
  private soon(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), GATHER_MS)
  }
}
