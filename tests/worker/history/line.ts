import { env, runInDurableObject } from 'cloudflare:test'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { PullReply } from '#shared/protocol/pulls'
import type { HistoryEvent } from '#tests/support/history-checker'
import { isRefusal, type PoolPort } from '#worker/rooms/ports'
import type { PoolRoom } from '#worker/rooms/pool-room'

type Waiting = { ask: (room: PoolPort) => Promise<unknown>; answer: (reply: unknown) => void }
/** When the room is thrown away: before it has decided what came, or after it committed but before it answered. */
export type Abort = 'before-commit' | 'after-commit'
/** The test pool keeps the runtime's complaint about a broken room to itself when its reason begins with these two words. */
const ABORTED = 'Instance disposed of by the history'

/**
 * The wire between the agents and the room. What is sent in one turn arrives together. It counts commands, keeps what was
 * seen, and tells a lost answer (the room was aborted) as null: nobody can know then whether it took effect.
 */
export class Line {
  readonly events: HistoryEvent[] = []
  commands = 0
  lost = 0
  private waiting: Waiting[] = []
  private nextAbort: Abort | null = null

  constructor(
    private readonly pool: string,
    readonly now: () => number,
    /** Shared by lines of one history, so that their moments are in one order. */
    private readonly moments = { last: 0 },
  ) {}

  /** The next moment of the history: orders what was sent and answered. */
  tick(): number {
    return (this.moments.last += 1)
  }

  seen(event: HistoryEvent): void {
    this.events.push(event)
  }

  /** The next turn will be cut short. */
  breakNext(abort: Abort): void {
    this.nextAbort = abort
  }

  async pull(command: Parameters<PoolPort['pull']>[0]): Promise<PullReply | null> {
    this.commands += 1
    const reply = await this.asked((room) => room.pull(command))
    if (isRefusal(reply)) throw new Error(`a pull was refused: ${reply.refused}`)
    return reply
  }

  async apply(userId: string, commands: AgentCommand[]): Promise<CommandResult[] | null> {
    this.commands += commands.length
    return this.asked((room) => room.apply({ userId, name: userId, role: 'agent' }, commands))
  }

  bookMissing(input: Parameters<PoolPort['bookMissing']>[0]): Promise<true | null> {
    this.commands += 1
    return this.asked((room) => room.bookMissing(input).then(() => true as const))
  }

  /** null: the answer was lost. */
  asked<T>(ask: (room: PoolPort) => Promise<T>): Promise<T | null> {
    return new Promise<T | null>((answer) => {
      this.waiting.push({ ask, answer: answer as (reply: unknown) => void })
      if (this.waiting.length === 1) setTimeout(() => void this.send(), 0)
    })
  }

  private async send(): Promise<void> {
    const turn = this.waiting
    this.waiting = []
    const abort = this.nextAbort
    this.nextAbort = null
    const replies = await this.inRoom(turn, abort).catch((fault: unknown) => {
      if (abort === null) throw fault
      return null
    })
    if (replies === null) this.lost += turn.length
    turn.forEach((one, index) => one.answer(replies === null ? null : replies[index]))
  }

  private inRoom(turn: Waiting[], abort: Abort | null): Promise<unknown[]> {
    return runInDurableObject(env.POOL.getByName(this.pool), async (instance, state) => {
      const room = instance as PoolRoom
      const asked = turn.map((one) => one.ask(room))
      if (abort === 'after-commit') await asked[0]
      if (abort !== null) state.abort(ABORTED)
      return Promise.all(asked)
    })
  }
}
