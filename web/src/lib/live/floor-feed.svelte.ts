import { floorEvent, type FloorEvent } from '#shared/protocol/live'
import { clock } from '$lib/ui/clock.svelte'
import { applyFloorEvent, EMPTY_FLOOR, type Floor } from './floor-picture'
import { RoomSocket, type LiveStatus } from './room-socket'

/** The device's clock is corrected when the events say that it is off by more than this. */
const CLOCK_OFF_MS = 2_000

/** The live floor as reactive state, from `start` to `stop` (FLOOR-1). Keeps what it last knew while the line is lost. */
export class FloorFeed {
  floor = $state.raw<Floor>(EMPTY_FLOOR)
  status = $state<LiveStatus>('connecting')
  /** Whether a first snapshot came; before it an empty floor means nothing. */
  isKnown = $state(false)
  private readonly socket: RoomSocket<FloorEvent>

  constructor(mayRetry: () => Promise<boolean>) {
    this.socket = new RoomSocket<FloorEvent>({
      topic: 'floor:main',
      schema: floorEvent,
      mayRetry,
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

  /** Read beside `clock.now`: it changes with what is heard, not by itself. */
  get behindMs(): number {
    return this.socket.delay.behindMs
  }
  /** Ms since anything was heard, by this device's clock. */
  get silentMs(): number {
    return this.socket.lastHeardAt === null ? 0 : Date.now() - this.socket.lastHeardAt
  }

  private take(event: FloorEvent): void {
    this.floor = applyFloorEvent(this.floor, event)
    this.isKnown = true
    const serverTime = this.socket.delay.serverTime(Date.now())
    if (Math.abs(serverTime - clock.read()) > CLOCK_OFF_MS) clock.setServer(serverTime)
  }
}
