import { discarded, isUnsent, needsPerson, retried, seen, type NewItem, type OutboxItem } from '#shared/outbox/item'
import { due } from '#shared/outbox/order'
import type { Drained } from '#shared/outbox/drain'
import { sendCommands, sendWhileLeaving } from './command-sender'
import type { DeskRows, OutboxStore } from './outbox-store'
import { OutboxSync, type SyncStatus } from './outbox-sync'
import type { TabChannel } from './tab-channel'
import { leadWhileOpen, oneAtATime } from './tab-leader'

/**
 * The outbox as a page sees it: what stands in it, how the sending goes, and what a person can do about an item. The
 * same in every tab (SYNC-3, SYNC-5).
 */
export class Outbox {
  /** Newest first. */
  items = $state.raw<OutboxItem[]>([])
  status = $state.raw<SyncStatus>({ phase: 'idle' })
  readonly unsent = $derived(this.items.filter(isUnsent))
  readonly asking = $derived(this.items.filter(needsPerson))

  private readonly sync: OutboxSync
  private readonly closing = new AbortController()
  private reading: Promise<void> | null = null
  private isStale = false

  constructor(
    private readonly store: OutboxStore,
    private readonly channel: TabChannel,
    private readonly lockName: string,
    private readonly now: () => number,
  ) {
    this.sync = new OutboxSync({
      unsent: () => store.unsent(),
      save: (items) => store.save(items),
      send: sendCommands,
      now,
      chance: Math.random,
      exclusively: (work) => oneAtATime(`${lockName}-flush`, work),
      later: (run, ms) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      onStatus: (status) => (this.status = status),
      onChanged: () => this.tellChanged(),
    })
  }

  async start(): Promise<void> {
    const { signal } = this.closing
    await this.store.prune(this.now())
    await this.refresh()
    this.channel.hear((news) => {
      if (news.changed === 'outbox') void this.refresh()
    })
    addEventListener('online', () => this.wake(), { signal })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.wake(), {
      signal,
    })
    addEventListener('pagehide', () => this.leave(), { signal })
    leadWhileOpen(`${this.lockName}-leader`, signal, () => this.sync.lead())
  }
  stop(): void {
    this.closing.abort()
    this.sync.stop()
  }

  /** SYNC-1: resolves once it is on this device; null: the desk had moved on (another tab was quicker). */
  async write(given: Omit<NewItem, 'seq'>, desk?: (rows: DeskRows) => Promise<boolean>): Promise<OutboxItem | null> {
    const item = await this.store.write(given, this.now(), desk)
    if (item) {
      this.items = [item, ...this.items]
      this.tellChanged()
      void this.flush()
    }
    return item
  }
  flush(): Promise<Drained | null> {
    return this.sync.flush()
  }
  /** A socket opened, the network returned: try at once. */
  wake(): void {
    this.sync.wake()
  }
  /** From the disk, not from the list on the screen. */
  readUnsent(): Promise<OutboxItem[]> {
    return this.store.unsent()
  }

  async retry(id: string): Promise<void> {
    await this.store.change(id, retried)
    this.tellChanged()
    await this.flush()
  }
  async discard(id: string, reason: string): Promise<void> {
    await this.store.change(id, (item) => discarded(item, reason, this.now()))
    this.tellChanged()
  }
  async markSeen(id: string): Promise<void> {
    await this.store.change(id, seen)
    this.tellChanged()
  }

  private tellChanged(): void {
    void this.refresh()
    this.channel.tell({ changed: 'outbox' })
  }
  /** One read at a time; what changed during a read is read again. */
  private async refresh(): Promise<void> {
    this.isStale = true
    this.reading ??= (async () => {
      while (this.isStale) {
        this.isStale = false
        this.items = await this.store.list()
      }
      this.reading = null
    })()
    return this.reading
  }
  private leave(): void {
    const commands = due(this.unsent, this.now()).map((item) => item.command)
    if (commands.length > 0) sendWhileLeaving(commands)
  }
}
