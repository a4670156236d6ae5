import type { AgentCommand } from '#shared/protocol/commands'
import type { LeaseView, PullReply } from '#shared/protocol/pulls'
import type { Outcome } from '#tests/support/history-checker'
import type { Seeded } from '#tests/support/seeded'
import type { Line } from './line'

const WORDS = [
  'reached',
  'no-answer',
  'busy',
  'rejected',
  'interested',
  'call-back',
  'wrong-number',
  'voicemail',
] as const
type Result = { outcome: Outcome; expiresAt?: number }
type DeadCall = Parameters<Line['bookMissing']>[0]
/** `isApplied`: it was answered before, and not refused, so that its repetition changes nothing (POOL-4). */
type Pending = { command: AgentCommand; sent: number; isApplied: boolean }

/**
 * One agent with a bad network and a wrong clock: acts at random, keeps what was not answered and sends it again, holds
 * commands back for a while, sends them out of order and sometimes twice.
 */
export class SimulatedAgent {
  private holds: LeaseView | null = null
  private unansweredPull: { id: string; sent: number } | null = null
  private outbox: Pending[] = []
  private settled: Pending[] = []
  private recorded: { id: string; lease: LeaseView; disposition: string }[] = []
  private deadCalls: DeadCall[] = []
  private offlineUntil = 0
  private readonly clockOff: number

  constructor(
    readonly userId: string,
    private readonly chance: Seeded,
    private readonly line: Line,
  ) {
    this.clockOff = chance.pick([0, 0, 0, -3, 3]) * 3_600_000
  }

  /** What this agent does in this round. Never throws: what the network lost is tried again. */
  async act(round: number, steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) await this.step(round)
  }

  private async step(round: number): Promise<void> {
    if (round < this.offlineUntil) return this.work()
    if (this.chance.chance(0.02)) this.offlineUntil = round + this.chance.below(12)
    if (this.deadCalls.length > 0) return this.bookDead()
    if (this.outbox.length > 0 && this.chance.chance(0.7)) return this.deliver()
    if (this.settled.length > 0 && this.chance.chance(0.03)) return this.repeat()
    if (!this.holds || this.chance.chance(0.05)) return this.pull()
    return this.work()
  }

  /** Until nothing of this agent's is unanswered. */
  async finish(): Promise<void> {
    while (this.unansweredPull) await this.pull()
    while (this.deadCalls.length > 0) await this.bookDead()
    while (this.outbox.length > 0) await this.deliver(this.outbox.length)
  }

  private async pull(): Promise<void> {
    this.unansweredPull ??= { id: this.chance.uuid(), sent: this.line.tick() }
    const { id, sent } = this.unansweredPull
    const reply: PullReply | null = await this.line.pull({ id, agentId: this.userId, agentName: this.userId })
    if (reply === null) return
    this.unansweredPull = null
    if (reply.lease === null) return
    const view = reply as LeaseView
    this.line.seen({
      kind: 'granted',
      sent,
      answered: this.line.tick(),
      agentId: this.userId,
      entryId: view.entry.id,
      token: view.lease.token,
      since: view.lease.since,
      expiresAt: view.lease.expiresAt,
    })
    this.holds = view
  }

  /** Something that goes into the outbox; nothing is sent here. */
  private work(): void {
    const lease = this.holds
    if (!lease) return
    const roll = this.chance.next()
    const target = { poolId: lease.entry.poolId, entryId: lease.entry.id, token: lease.lease.token }
    const base = { id: this.chance.uuid(), at: this.line.now() + this.clockOff }
    if (roll < 0.12) return this.put({ ...base, ...target, kind: 'extend-lease', inCall: this.chance.chance(0.3) })
    if (roll < 0.16) return this.leave({ ...base, ...target, kind: 'skip-entry', reason: 'not now' })
    if (roll < 0.19) return this.leave({ ...base, ...target, kind: 'release-lease' })
    if (roll < 0.24 && this.recorded.length > 0) return this.correct(base)
    if (roll < 0.27) return this.close(lease)
    const disposition = this.chance.chance(0.004) ? 'do-not-call' : this.chance.pick(WORDS)
    const callbackAt =
      disposition === 'call-back' ? this.line.now() + 4 * 3_600_000 + this.chance.below(7_200_000) : undefined
    const callbackFor = this.chance.pick(['me', 'anyone'] as const)
    const command: AgentCommand = {
      ...base,
      ...target,
      kind: 'record-disposition',
      disposition,
      callbackAt,
      callbackFor,
    }
    this.recorded.push({ id: command.id, lease, disposition })
    // a second tab says it too, with an id of its own
    if (this.chance.chance(0.02)) this.put({ ...command, id: this.chance.uuid() })
    this.leave(command)
  }

  private correct(base: { id: string; at: number }): void {
    const { id: attemptId, lease, disposition: was } = this.chance.pick(this.recorded.slice(-3))
    if (was === 'do-not-call') return
    const disposition = this.chance.pick(['reached', 'no-answer', 'busy'] as const)
    this.put({
      ...base,
      kind: 'correct-disposition',
      poolId: lease.entry.poolId,
      entryId: lease.entry.id,
      attemptId,
      disposition,
    })
  }

  /** The tab is closed: the lease must lapse by itself; after a call the server books it, and it may be resolved later. */
  private close(lease: LeaseView): void {
    this.leave(null)
    if (this.chance.chance(0.5)) return
    const { id: entryId, poolId } = lease.entry
    const { token } = lease.lease
    const call = { id: this.chance.uuid(), entryId, token, agentId: this.userId, agentName: this.userId }
    this.deadCalls.push({ ...call, callId: `call-${call.id}`, at: this.line.now(), talkMs: 1000 })
    if (this.chance.chance(0.5)) return
    const said = { id: this.chance.uuid(), at: this.line.now(), poolId, entryId, token, disposition: 'reached' }
    this.put({ ...said, kind: 'record-disposition' })
  }

  private async bookDead(): Promise<void> {
    const [call] = this.deadCalls
    if (!call) return
    const { id, entryId, token } = call
    const sent = this.line.tick()
    for (let booked = false; !booked;) booked = (await this.line.bookMissing(call)) !== null
    this.deadCalls = this.deadCalls.slice(1)
    this.line.seen({ kind: 'booked-missing', id, entryId, token, sent, answered: this.line.tick() })
  }

  private put(command: AgentCommand): void {
    this.outbox.push({ command, sent: 0, isApplied: false })
  }

  private leave(command: AgentCommand | null): void {
    if (command) this.put(command)
    this.holds = null
  }

  private async deliver(most = 1 + this.chance.below(3)): Promise<void> {
    const batch = this.chance.shuffled(this.outbox).slice(0, most)
    for (const one of batch) one.sent ||= this.line.tick()
    const results = await this.line.apply(
      this.userId,
      batch.map((one) => one.command),
    )
    if (!results) return
    const answered = this.line.tick()
    this.outbox = this.outbox.filter((one) => !batch.includes(one))
    batch.forEach((one, index) => this.settle(one, results[index]!, { sent: one.sent, answered }))
  }

  private settle(one: Pending, result: Result, span: { sent: number; answered: number }): void {
    if (!one.isApplied) this.note(one.command, result, span)
    const isApplied = one.isApplied || result.outcome !== 'refused'
    this.settled = [...this.settled, { command: one.command, sent: 0, isApplied }].slice(-5)
  }

  /**
   * The network delivers again what was answered long ago. A refusal left the id unused (POOL-4): sent again, the command
   * is decided anew and may take effect, so that answer is waited for and told like the first one.
   */
  private async repeat(): Promise<void> {
    const again = this.chance.pick(this.settled)
    this.settled = this.settled.filter((one) => one !== again)
    this.outbox.push(again)
    return this.deliver()
  }

  private note(command: AgentCommand, result: Result, span: { sent: number; answered: number }): void {
    const isAccepted = result.outcome !== 'refused'
    if (command.kind === 'record-disposition') {
      const { id, entryId, token, disposition } = command
      const hold = { entryId, token, agentId: this.userId }
      // the first answer was lost and this is its repetition: the same thing to everyone
      this.line.seen({ kind: 'recorded', id, ...hold, disposition, outcome: result.outcome, ...span })
    } else if (command.kind === 'correct-disposition') {
      this.line.seen({
        kind: 'corrected',
        attemptId: command.attemptId,
        disposition: command.disposition,
        isAccepted,
        ...span,
      })
    } else if (isAccepted && command.kind === 'extend-lease') {
      const { entryId, token } = command
      this.line.seen({ kind: 'extended', entryId, token, expiresAt: result.expiresAt ?? 0, ...span })
    } else if (isAccepted) {
      const { entryId, token } = command as { entryId: string; token: number }
      this.line.seen({ kind: 'ended', entryId, token, ...span })
    }
  }
}
