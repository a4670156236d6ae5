import type { AgentPicture, CallPicture, FloorEvent, FloorPicture, PoolPicture } from '#shared/protocol/live'
import type { RefusalCode } from '#shared/protocol/problem'
import type { Env } from '../env'
import { log } from '../log'
import { callRoom, ROOM_TIMEOUT_MS } from './doors'
import { Burst } from './floor/burst'
import { PictureBoard } from './floor/picture-board'
import { PictureStore } from './floor/picture-store'
import { LiveSockets, type LiveBody } from './live-sockets'
import type { FloorPort } from './ports'
import { Room, withTimeout } from './room'
import type { Timer } from './shell-store'

/** Rows follow memory by this much: a push waits for no fsync, and a burst is one commit. */
const SAVE_MS = 500
/** A live call without news for this long is asked for: a push is best effort, and a ghost would never end. */
const QUIET_MS = 120_000
const CHECK = 'check-quiet-calls'

/**
 * The live floor of one team (FLOOR-1): the rooms push whole pictures of agents, calls and pools; the newest of each is
 * kept and told to every viewer at once. It decides nothing. What it loses in a crash the rooms say again.
 */
export class FloorRoom extends Room implements FloorPort {
  private readonly store: PictureStore
  private readonly board: PictureBoard
  private readonly viewers: LiveSockets<FloorEvent>
  private readonly burst = new Burst<LiveBody<FloorEvent>>((event) => this.viewers.publish(event))
  private isSaving = false
  private readonly heardOf = new Map<string, number>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new PictureStore(this.sql)
    this.board = new PictureBoard(this.store.load())
    this.viewers = new LiveSockets<FloorEvent>(ctx, () => ({ type: 'snapshot', ...this.board.picture() }))
  }

  async agentChanged(agent: AgentPicture): Promise<void> {
    if (this.board.putAgent(agent)) this.tell(`agent ${agent.agentId}`, { type: 'agent-state-changed', agent })
  }

  async agentRemoved(agentId: string): Promise<void> {
    if (this.board.removeAgent(agentId)) this.tell(`agent ${agentId}`, { type: 'agent-removed', agentId })
  }

  async available(): Promise<{ agentId: string; since: number }[]> {
    return this.board
      .picture()
      .agents.filter(({ state }) => state === 'available')
      .map(({ agentId, since }) => ({ agentId, since }))
      .sort((one, other) => one.since - other.since)
  }

  async callChanged(call: CallPicture): Promise<void> {
    const type = this.board.putCall(call)
    if (type === null) return
    if (call.endedAt === null) this.heardOf.set(call.callId, Date.now())
    else this.heardOf.delete(call.callId)
    this.tell(`call ${call.callId}`, { type, call })
  }

  async poolChanged(pool: PoolPicture): Promise<void> {
    if (this.board.putPool(pool)) this.tell(`pool ${pool.poolId}`, { type: 'pool-changed', pool })
  }

  async picture(): Promise<FloorPicture> {
    return this.board.picture()
  }

  async dropUser(userId: string, code: RefusalCode): Promise<void> {
    this.viewers.drop({ userId }, code)
  }

  async dropSession(sessionId: string, code: RefusalCode): Promise<void> {
    this.viewers.drop({ sessionId }, code)
  }

  /** The upgrade, handed over by routes/live. */
  override fetch(request: Request): Response {
    return this.viewers.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    this.viewers.onMessage(socket)
  }

  /** Nothing to tidy: the runtime answers Close and forgets the socket. */
  override webSocketClose(): void {}

  private tell(subject: string, event: LiveBody<FloorEvent>): void {
    this.burst.offer(subject, event)
    if (this.isSaving) return
    this.isSaving = true
    setTimeout(() => void this.save(), SAVE_MS)
  }

  private async save(): Promise<void> {
    this.isSaving = false
    const unsaved = this.board.takeUnsaved()
    await this.inGroup(null, () => {
      for (const { kind, id, body } of unsaved) this.store.save(kind, id, body)
      if (this.board.liveCalls().length > 0 && this.shell.nextTimerAt() === null)
        this.shell.setTimer(CHECK, Date.now() + QUIET_MS)
    }).catch((fault: unknown) => log.warn('floor not saved', { fault }))
  }

  protected override onTimer(_timer: Timer, now: number): void {
    const live = this.board.liveCalls()
    if (live.length === 0) return
    this.shell.setTimer(CHECK, now + QUIET_MS)
    const quiet = live.filter((call) => now - (this.heardOf.get(call.callId) ?? 0) >= QUIET_MS)
    this.ctx.waitUntil(Promise.all(quiet.map((call) => this.askAfter(call))))
  }

  /** What the call says of itself; one that no longer exists has ended, and its end was not heard. */
  private async askAfter(call: CallPicture): Promise<void> {
    try {
      const answer = await withTimeout(callRoom(this.env, call.callId).picture(), ROOM_TIMEOUT_MS)
      await this.callChanged(
        answer ?? {
          ...call,
          state: call.answeredAt === null ? 'failed' : 'completed',
          endedAt: Date.now(),
          rev: call.rev + 1,
        },
      )
      if (answer?.endedAt === null) this.heardOf.set(call.callId, Date.now())
    } catch (fault) {
      log.warn('call did not answer the floor', { callId: call.callId, fault })
    }
  }
}
