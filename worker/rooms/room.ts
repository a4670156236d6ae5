import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env'
import { log } from '../log'
import { openShellTables, ownName, ShellStore, type Timer } from './shell-store'

type Waiting = {
  commandId: string | null
  decide: () => unknown
  answer: (reply: unknown) => void
  fail: (fault: unknown) => void
}
type Decided = { reply: unknown } | { fault: unknown }

/**
 * The shell every room lives in. No rules here: it gathers what arrives in a turn, lets the room decide, commits once,
 * answers everyone.
 *
 *   inGroup(id, decide) ─▶ waiting ─setTimeout(0)─▶ one transaction, each command nested in it ─▶ all answered
 *                                                        │ a command that throws fails alone
 *                                                        ▼
 *                                          journal rows · timer rows · the one alarm
 *
 * The output gate holds every answer until the commit is on disk, so one fsync is shared by all that came together.
 * Known command ids are replayed: the first answer is answered again and nothing is decided twice (POOL-4, SYNC-4).
 * Timers are rows; the alarm is the earliest of them. `alarm()` awaits nothing remote and never throws.
 */
export abstract class Room extends DurableObject<Env> {
  protected readonly sql: SqlStorage
  protected readonly shell: ShellStore
  private waiting: Waiting[] = []
  private lastGroup = 0
  private armedFor: number | null = null
  private draining: Promise<void> | null = null
  private ownName: string | undefined
  protected readonly gatherMs: number = GATHER_MS
  protected readonly gatherMoreMs: number = GATHER_MORE_MS
  protected readonly journalBatch: number = JOURNAL_BATCH

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sql = ctx.storage.sql
    this.ownName = ctx.id.name
    this.shell = new ShellStore(this.sql)
    if (!this.opensLate() || this.shell.isOpen) this.openShell()
    const next = this.shell.hasJournal() ? Date.now() : this.shell.nextTimerAt()
    if (next !== null) this.arm(next)
  }

  /** True: a room that many are asked about and few are kept of. Nothing is written before it opens itself, inside a group. */
  protected opensLate(): boolean {
    return false
  }

  protected openShell(): void {
    openShellTables(this.sql)
    this.ownName = ownName(this.sql, this.ctx.id.name)
    this.shell.reload()
  }

  /** The room's name, e.g. the pool's id; rooms are always made by name. */
  protected get name(): string {
    return this.ownName ?? this.ctx.id.toString()
  }

  /**
   * Decides in the next group. `commandId` null: not remembered (reads, idempotent by nature).
   * `decide` is synchronous and may write through the store; what it throws rolls back its own writes alone. When another of
   * its group throws it is undone and called again: it keeps nothing beside rows but what `onRolledBack` reads again.
   */
  protected inGroup<T>(commandId: string | null, decide: () => T): Promise<T> {
    return new Promise<T>((answer, fail) => {
      this.waiting.push({ commandId, decide, answer: answer as (reply: unknown) => void, fail })
      if (this.waiting.length === 1) setTimeout(() => this.commitTogether(), this.lastGroup < BUSY ? 0 : GATHER_BUSY_MS)
    })
  }

  private commitTogether(): void {
    const group = this.waiting
    this.waiting = []
    this.lastGroup = group.length
    let decided: Decided[]
    try {
      decided =
        this.decideAtOnce(group) ?? this.ctx.storage.transactionSync(() => group.map((one) => this.decideAlone(one)))
    } catch (fault) {
      for (const command of group) command.fail(fault)
      this.rolledBack()
      return
    }
    group.forEach((command, index) => {
      const outcome = decided[index]!
      if ('fault' in outcome) command.fail(outcome.fault)
      else command.answer(outcome.reply)
    })
    this.afterCommit()
  }

  /**
   * All of them under one savepoint: nearly always nobody throws, and a savepoint each made SQLite copy every page that each
   * of them touched. Null: one threw, all writes are undone, and each is to be decided again by itself.
   */
  private decideAtOnce(group: Waiting[]): Decided[] | null {
    try {
      return this.ctx.storage.transactionSync(() => {
        const decided = group.map((command) => ({ reply: this.replyTo(command) }))
        this.beforeCommit()
        return decided
      })
    } catch (fault) {
      this.rolledBack()
      return group.length === 1 ? [{ fault }] : null
    }
  }

  private decideAlone(command: Waiting): Decided {
    try {
      return this.ctx.storage.transactionSync(() => {
        const reply = this.replyTo(command)
        this.beforeCommit()
        return { reply }
      })
    } catch (fault) {
      this.rolledBack()
      return { fault }
    }
  }

  private replyTo({ commandId, decide }: Waiting): unknown {
    const known = commandId === null ? undefined : this.shell.knownReply(commandId)
    if (known !== undefined) return JSON.parse(known) as unknown
    const reply = decide()
    if (commandId !== null) this.shell.remember(commandId, JSON.stringify(reply ?? null), Date.now())
    return reply
  }

  private rolledBack(): void {
    this.shell.reload()
    this.onRolledBack()
  }

  /** In the group's transaction, after its decisions: rows that many of them change are written here once. */
  protected beforeCommit(): void {}

  /** What a room keeps in memory beside its rows must be read again: a decision's writes were undone. */
  protected onRolledBack(): void {}

  /** Right after a group is committed: arms the alarm, and lets the room push what is live. */
  private afterCommit(): void {
    // no query here: this runs after every group
    const appended = this.shell.takeAppended()
    if (appended) this.drainSoon()
    // killed before its journal is drained, and asked for nothing again, a room would keep it to itself
    const wakeAt = Math.min(this.shell.nextTimerAt() ?? Infinity, appended ? Date.now() + DRAINED_BY_MS : Infinity)
    if (wakeAt < Infinity) this.arm(wakeAt)
    this.onCommitted()
  }

  /** Best effort push of live pictures; the journal repeats what must not be lost. */
  protected onCommitted(): void {}

  /** Sets the alarm only when it must come earlier than armed: each setAlarm is an fsync of its own. */
  private arm(at: number): void {
    if (this.armedFor !== null && this.armedFor <= at) return
    this.armedFor = at
    this.ctx.storage.setAlarm(at).catch((fault: unknown) => {
      // the next commit tries again
      this.armedFor = null
      log.warn('alarm not set', { room: this.constructor.name, fault })
    })
  }

  /** One alarm a room. Due timers are decided in a group; the journal drains beside it with its own time-out. */
  override async alarm(): Promise<void> {
    this.armedFor = null
    const now = Date.now()
    try {
      for (const timer of this.shell.dueTimers(now)) {
        await this.inGroup(null, () => {
          this.shell.clearTimer(timer.name)
          this.onTimer(timer, now)
        }).catch((fault: unknown) => {
          log.error('timer failed', { room: this.constructor.name, timer: timer.name, fault })
          // it stays due: later, so that one bad timer does not keep the room busy
          this.shell.setTimer(timer.name, now + FAILED_TIMER_MS, JSON.parse(timer.data))
        })
      }
    } finally {
      const next = this.shell.nextTimerAt()
      if (this.shell.hasJournal()) {
        this.drainSoon()
        this.arm(Date.now() + RETRY_MS)
      }
      if (next !== null) this.arm(Math.max(next, Date.now() + 1))
    }
  }

  /** A timer row came due; runs inside a group, after its row is cleared. */
  protected onTimer(_timer: Timer, _now: number): void {}

  /**
   * Sends journal rows on, oldest first, in batches; a batch is deleted once `drain` resolves. At least once: what
   * receives them dedupes by event id. D1 slow or down never stops the room: it only waits here.
   */
  private drainSoon(): void {
    if (this.draining) return
    this.draining = this.drainAll()
      .catch((fault: unknown) => {
        log.warn('journal waits', { room: this.constructor.name, fault })
        this.arm(Date.now() + RETRY_MS)
      })
      .finally(() => {
        this.draining = null
      })
    this.ctx.waitUntil(this.draining)
  }

  private async drainAll(): Promise<void> {
    for (let wait = this.gatherMs; ;) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      const rows = this.shell.journalHead(this.journalBatch)
      if (rows.length === 0) return
      const last = rows[rows.length - 1]!.seq
      const upTo = (await withTimeout(this.drain(rows), DRAIN_TIMEOUT_MS)) ?? last
      // with whatever commits next: a group of its own would be an fsync more a batch
      await this.inGroup(null, () => this.shell.forgetJournal(upTo))
      wait = rows.length < this.journalBatch && upTo === last ? this.gatherMoreMs : 0
    }
  }

  /**
   * Projects journal rows to D1 and other rooms. Idempotent by event id. Throwing means: again later. Answers the number of
   * the last row that was carried on, where it was not all of them.
   */
  protected async drain(_rows: JournalRow[]): Promise<number | void> {}

  /** Resolves when nothing waits in the journal (tests and read-your-writes). */
  async settled(): Promise<void> {
    while (this.shell.hasJournal()) {
      if (!this.draining) this.drainSoon()
      await this.draining
      if (this.shell.hasJournal()) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

export type JournalRow = { seq: number; eventId: string; event: string }

/** Where so many came together, more are on their way: a little later they share its commit too. */
const BUSY = 8
const GATHER_BUSY_MS = 4
const RETRY_MS = 2_000
/** Rare, for it is a write of its own each time: most journals are empty when it comes. */
const DRAINED_BY_MS = 10_000
const FAILED_TIMER_MS = 5_000
/** Gathers a burst into one batch: a D1 write costs the same for one row and for a hundred. */
const GATHER_MS = 25
/** Longer while news keeps coming: D1 and the room share a machine, and the newest of several changes of a row is enough. */
const GATHER_MORE_MS = 150
const JOURNAL_BATCH = 500
const DRAIN_TIMEOUT_MS = 15_000

export async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
