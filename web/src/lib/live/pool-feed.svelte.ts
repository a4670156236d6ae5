import { poolEvent, type ListedEntry, type PoolEvent } from '#shared/protocol/list-mode'
import { RoomSocket, type LiveStatus } from './room-socket'

/** Who takes and edits in one pool, live (topic `pool:ID`), from `start` to the answer's call. */
export class PoolFeed {
  status = $state<LiveStatus>('connecting')
  /** Entries as last heard of; a list shows these over what it read. */
  entries = $state.raw<Readonly<Record<string, ListedEntry>>>({})
  private readonly socket: RoomSocket<PoolEvent>

  /** `onStale`: what was read may be out of date as a whole. */
  constructor(
    poolId: string,
    private readonly onStale: () => void = () => {},
    private readonly onEntry: (entry: ListedEntry) => void = () => {},
  ) {
    this.socket = new RoomSocket<PoolEvent>({
      topic: `pool:${poolId}`,
      schema: poolEvent,
      onEvent: (event) => this.take(event),
      onStatus: (status) => (this.status = status),
    })
  }

  start(): () => void {
    this.socket.start()
    const nudge = () => document.visibilityState === 'visible' && this.socket.nudge()
    addEventListener('online', nudge)
    document.addEventListener('visibilitychange', nudge)
    return () => {
      removeEventListener('online', nudge)
      document.removeEventListener('visibilitychange', nudge)
      this.socket.stop()
    }
  }

  private take(event: PoolEvent): void {
    if (event.type === 'list-changed') {
      // what was heard before is older than what will be read
      this.entries = {}
      return this.onStale()
    }
    const news = event.type === 'snapshot' ? event.entries : [event.entry]
    const heard = Object.fromEntries(news.map((entry) => [entry.entryId, entry]))
    this.entries = event.type === 'snapshot' ? heard : { ...this.entries, ...heard }
    if (event.type === 'snapshot') this.onStale()
    for (const entry of news) this.onEntry(entry)
  }
}
