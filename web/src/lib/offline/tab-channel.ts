/** What tabs of one person tell each other. Each re-reads IndexedDB: the message says only that something changed. */
export type TabNews = { changed: 'outbox' } | { changed: 'desk' } | { changed: 'draft' }

/** Never delivered to the tab that tells. */
export class TabChannel {
  private readonly channel: BroadcastChannel | null
  private readonly listeners = new Set<(news: TabNews) => void>()

  constructor(userId: string) {
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`switchroom-${userId}`)
    this.channel?.addEventListener('message', (event: MessageEvent<TabNews>) => {
      for (const listener of this.listeners) listener(event.data)
    })
  }
  tell(news: TabNews): void {
    this.channel?.postMessage(news)
  }
  hear(listener: (news: TabNews) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  close(): void {
    this.channel?.close()
    this.listeners.clear()
  }
}
