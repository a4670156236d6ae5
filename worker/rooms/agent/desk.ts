import { commandOrder, runsByPool } from '#shared/domain/agent/command-order'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { Blocked, LeaseView, PullReply } from '#shared/protocol/pulls'
import type { RefusalCode } from '#shared/protocol/problem'
import type { Env } from '../../env'
import { log } from '../../log'
import { asking, poolRoom } from '../doors'
import { Patience } from '../patience'
import { isRefusal, type Actor, type Asked, type PoolPort } from '../ports'

/** What the room lends to its desk. */
export type DeskHost = {
  env: Env
  userId(): string
  /** POOL-9: in the agent's order. */
  pools(): { id: string; name: string }[]
  /** Why no new customer may be given now: not-available, disposition-owed; null: go on. */
  mayPull(): RefusalCode | null
  owes(leaseId: string): boolean
  /** The call that what came of this lease is owed for. */
  callOwed(leaseId: string): string | null
  onLease(view: LeaseView | null): void
  onCommand(command: AgentCommand, result: CommandResult): Promise<void>
}
const MOST_ENDED = 200
type PullCommand = {
  id: string | null
  poolId: string | null
  /** POOL-22: taken by name; null: the next. */
  entryId?: string | null
}
type PoolPull = { id: string; agentId: string; agentName: string; entryId: string | null; isOffered?: boolean }
export type Pulled = { reply: PullReply; granted: boolean }

/**
 * The agent's side of a pull: one desk lease over all pools, one pull at a time, the pools in order (POOL-4, POOL-9).
 *
 *   pull ─▶ what do I hold? ─ a lease ─▶ the same lease, as its pool tells it now
 *                           └ nothing ─▶ may I pull? ─▶ pool 1 ─▶ pool 2 ─▶ … the first that grants
 *
 * What is held stands in memory only, so a pull writes nothing here. After a cold start it is not known, and every pool is
 * asked once before anything is pulled (decision 0041).
 */
export class Desk {
  /** undefined: not known. */
  private held: LeaseView | null | undefined = undefined
  private last: Promise<unknown> = Promise.resolve()
  private readonly patience = new Patience()
  /** A repeated pull is answered with its first answer, also when that lease has ended since: it is not in hand again. */
  private readonly ended = new Set<string>()
  /** Dispositions that mean do-not-call, by pool: what commands are ordered by. */
  private readonly doNotCall = new Map<string, { codes: Set<string>; until: number }>()

  constructor(private readonly host: DeskHost) {}

  get isKnown(): boolean {
    return this.held !== undefined
  }

  /** The lease in hand as far as memory knows; a lapsed one is none. */
  inHand(now: number): LeaseView | null {
    return this.held && this.held.lease.expiresAt > now ? this.held : null
  }

  pull(command: PullCommand, actor: Actor): Promise<Asked<Pulled>> {
    return this.inTurn(() => this.pullNow(command, actor))
  }

  /** What the agent holds, as its pool tells it now; it grants nothing. A pool that does not answer is a fault. */
  current(): Promise<LeaseView | null> {
    return this.inTurn(() => this.ask())
  }

  /** POOL-25: somebody urgent of that pool, if nothing is held and a new customer may be given; null: not taken. */
  offer(poolId: string, agentName: string): Promise<LeaseView | null> {
    return this.inTurn(async () => {
      if ((await this.ask()) || this.host.mayPull()) return null
      const pull = { id: crypto.randomUUID(), agentId: this.host.userId(), agentName, entryId: null, isOffered: true }
      try {
        const pulled = await this.pullFrom(poolId, pull)
        return isRefusal(pulled) || !pulled.reply.lease ? null : (this.held ?? null)
      } catch (fault) {
        this.held = undefined
        throw fault
      }
    })
  }

  private async pullNow({ id, poolId, entryId = null }: PullCommand, actor: Actor): Promise<Asked<Pulled>> {
    let held: LeaseView | null
    try {
      held = await this.ask()
    } catch (fault) {
      log.warn('a pool did not say what is held', { userId: this.host.userId(), fault })
      return { refused: 'unavailable' }
    }
    if (held && entryId !== null && (held.entry.id !== entryId || held.entry.poolId !== poolId))
      return { refused: 'holding-another' }
    if (held) return { reply: held, granted: false }
    const refused = this.host.mayPull()
    if (refused) return { refused }
    const by = { agentId: this.host.userId(), agentName: actor.name }
    const pull: PoolPull = { id: id ?? crypto.randomUUID(), ...by, entryId }
    return this.walk(poolId === null ? this.host.pools().map((pool) => pool.id) : [poolId], pull)
  }

  private async walk(poolIds: string[], pull: PoolPull): Promise<Asked<Pulled>> {
    const blocked: Blocked = {}
    let nextDueAt: number | null = null
    for (const id of poolIds) {
      let answer: Asked<Pulled>
      try {
        answer = await this.pullFrom(id, pull)
      } catch (fault) {
        // it may have granted without our hearing of it: nothing more is pulled before it is asked what is held
        this.held = undefined
        log.warn('pool did not answer a pull', { poolId: id, fault })
        return { refused: 'unavailable' }
      }
      if (isRefusal(answer)) {
        if (poolIds.length === 1) return answer
        continue
      }
      if (answer.reply.lease) return answer
      for (const [reason, n] of Object.entries(answer.reply.blocked)) {
        blocked[reason as keyof Blocked] = (blocked[reason as keyof Blocked] ?? 0) + n
      }
      nextDueAt = earliest(nextDueAt, answer.reply.nextDueAt)
    }
    return { reply: { lease: null, blocked, nextDueAt }, granted: false }
  }

  private async pullFrom(poolId: string, pull: PoolPull): Promise<Asked<Pulled>> {
    const reply = await asking(
      () => this.pool(poolId),
      (pool) => pool.pull(pull),
      this.patience.within,
    )
    if (isRefusal(reply)) return reply
    if (!reply.lease) return { reply, granted: false }
    if (!this.ended.has(reply.lease.id)) this.take(reply)
    return { reply, granted: true }
  }

  /** The lease in hand, fresh from its pool; every pool is asked when nothing is known. */
  private async ask(): Promise<LeaseView | null> {
    if (this.held === null) return null
    const where = this.held ? [this.held.entry.poolId] : this.host.pools().map((pool) => pool.id)
    const agentId = this.host.userId()
    const answers = await Promise.all(
      where.map((poolId) =>
        asking(
          () => this.pool(poolId),
          (pool) => pool.held(agentId),
          this.patience.within,
        ),
      ),
    )
    this.take(answers.find((view) => view !== null) ?? null)
    return this.held ?? null
  }

  private take(view: LeaseView | null): void {
    if (this.held && this.held.lease.id !== view?.lease.id) this.remember(this.held.lease.id)
    this.held = view
    this.host.onLease(view)
  }

  private remember(leaseId: string): void {
    this.ended.add(leaseId)
    if (this.ended.size > MOST_ENDED) this.ended.delete(this.ended.keys().next().value!)
  }

  /** A lease ended without the agent, or by a command. */
  drop(leaseId: string): void {
    if (this.held?.lease.id === leaseId) this.take(null)
  }

  /**
   * Each command stands for itself; answers are in the order given. Do-not-call first across different customers (SYNC-2).
   * A pool that does not answer refuses its commands with `unavailable`, which an outbox sends again.
   */
  command(actor: Actor, commands: AgentCommand[]): Promise<CommandResult[]> {
    return this.inTurn(async () => {
      const results = new Array<CommandResult>(commands.length)
      if (commands.length > 1) await this.learnDoNotCall([...new Set(commands.map((command) => command.poolId))])
      const order = commandOrder(commands, (command) => this.isDoNotCall(command))
      for (const run of runsByPool(commands, order)) await this.applyRun(actor, commands, run, results)
      return results
    })
  }

  private async applyRun(
    actor: Actor,
    commands: AgentCommand[],
    run: number[],
    results: CommandResult[],
  ): Promise<void> {
    const sent: number[] = []
    for (const at of run) {
      const command = commands[at]!
      // POOL-17: what happened is said, not given back
      const givesBack = command.kind === 'skip-entry' || command.kind === 'release-lease'
      if (givesBack && this.host.owes(leaseIdOf(command)))
        results[at] = { id: command.id, outcome: 'refused', code: 'disposition-owed' }
      else sent.push(at)
    }
    if (sent.length === 0) return
    const poolId = commands[sent[0]!]!.poolId
    const by = { userId: actor.userId, name: actor.name, role: actor.role }
    const batch = sent.map((at) => this.withItsCall(commands[at]!))
    let answers: CommandResult[]
    try {
      answers = await asking(
        () => this.pool(poolId),
        (pool) => pool.apply(by, batch),
        this.patience.within,
      )
    } catch (fault) {
      log.warn('pool did not answer commands', { poolId, fault })
      answers = batch.map(({ id }) => ({ id, outcome: 'refused', code: 'unavailable' }))
    }
    for (const [n, at] of sent.entries()) {
      const result = answers[n]!
      results[at] = result
      this.follow(commands[at]!, result)
      await this.host.onCommand(commands[at]!, result)
    }
  }

  /** POOL-12, 17: said at a desk that knows nothing of the call (its browser died in it), it is of that call all the same. */
  private withItsCall(command: AgentCommand): AgentCommand {
    if (command.kind !== 'record-disposition' || command.callId !== undefined) return command
    const callId = this.host.callOwed(leaseIdOf(command))
    return callId === null ? command : { ...command, callId }
  }

  /** What a command did to the lease in hand. */
  private follow(command: AgentCommand, result: CommandResult): void {
    if (
      !('token' in command) ||
      command.kind === 'edit-customer' ||
      !this.held ||
      this.held.lease.id !== leaseIdOf(command)
    )
      return
    if (command.kind === 'extend-lease') {
      if (result.expiresAt !== undefined)
        this.take({ ...this.held, lease: { ...this.held.lease, expiresAt: result.expiresAt } })
      else if (result.code === 'lease-lapsed' || result.code === 'foreign-token') this.held = undefined
    } else if (result.outcome !== 'refused') this.take(null)
  }

  private isDoNotCall(command: AgentCommand): boolean {
    if (command.kind !== 'record-disposition' && command.kind !== 'correct-disposition') return false
    return this.doNotCall.get(command.poolId)?.codes.has(command.disposition) ?? command.disposition === 'do-not-call'
  }

  private async learnDoNotCall(poolIds: string[]): Promise<void> {
    const now = Date.now()
    const unknown = poolIds.filter((id) => (this.doNotCall.get(id)?.until ?? 0) < now)
    await Promise.all(
      unknown.map(async (id) => {
        const settings = await asking(
          () => this.pool(id),
          (pool) => pool.settings(),
          this.patience.within,
        ).catch(() => null)
        const flagged = settings?.dispositions.filter((one) => one.flags.includes('do-not-call')).map((one) => one.code)
        if (flagged) this.doNotCall.set(id, { codes: new Set(flagged), until: now + 60_000 })
      }),
    )
  }

  private pool(poolId: string): PoolPort {
    return poolRoom(this.host.env, poolId)
  }

  /** One after another: two tabs that press at once get the same lease. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work, work)
    this.last = mine.catch(() => undefined)
    return mine
  }
}

export const leaseIdOf = ({ poolId, entryId, token }: { poolId: string; entryId: string; token: number }) =>
  `${poolId}:${entryId}:${token}`

const earliest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))
