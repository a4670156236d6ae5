import {
  callBegan,
  callEnded,
  freed,
  heldBy,
  nextStep,
  owned,
  registered,
  told,
  UNKNOWN,
  type NumberStand,
  type Step,
} from '#shared/domain/number/number'
import type { Env } from '../env'
import { log } from '../log'
import { callRoom, poolRoom } from './doors'
import { NumberStore } from './number/number-store'
import type { Claim, Claimed, NumberPort, NumberReport, NumberTold } from './ports'
import { Room, withTimeout } from './room'

/** How long the holder is waited for: less than a pull waits for us. */
const HOLDER_TIMEOUT_MS = 250
type Found = { isFree: true } | { isFree: false; until: number | null }
const FREE: Found = { isFree: true }
const NOT_KNOWN: Found = { isFree: false, until: null }
/** A number changes hands in at most this many steps; more means that others change it meanwhile. */
const MOST_STEPS = 8

/**
 * One of 64 shards of the hold of numbers across pools and calls (POOL-1, POOL-19). No rules live here: what has to be known
 * next is `nextStep`'s word. Claims of one number go one after another; nothing else waits.
 */
export class NumberRoom extends Room implements NumberPort {
  private readonly store: NumberStore
  /** Numbers that are being claimed, and the last claim in the row. */
  private readonly claiming = new Map<string, Promise<unknown>>()
  /** Pools that wanted a number and did not get it: told, best effort, when it is free. */
  private readonly wanting = new Map<string, Set<string>>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new NumberStore(this.sql)
  }

  async register(pool: string, numbers: string[]): ReturnType<NumberPort['register']> {
    return this.inGroup(null, () => {
      const turn = this.store.nextTurn()
      const shared: string[] = []
      for (const number of this.store.addFresh(pool, numbers)) {
        const stand = this.change(number, (was) => registered(was, pool))
        if (stand.sole !== pool || stand.calls.length > 0 || this.claiming.has(number)) shared.push(number)
      }
      return { turn, shared }
    })
  }

  async claim(pool: string, claims: Claim[]): Promise<Claimed[]> {
    return Promise.all(claims.map((claim) => this.inTurn(claim.number, () => this.claimOne(pool, claim))))
  }

  private async claimOne(pool: string, { number, key }: Claim): Promise<Claimed> {
    for (let n = 0; n < MOST_STEPS; n += 1) {
      const decided = await this.inGroup(null, () => {
        const stand = this.store.get(number) ?? UNKNOWN
        const step = nextStep(stand, pool)
        if (step.do === 'own') this.change(number, (was) => owned(was, pool))
        if (step.do === 'hold') this.change(number, (was) => heldBy(was, { pool, key }))
        return { step, turn: this.store.nextTurn(), tries: this.store.triesBut(number, pool) }
      })
      const { step, turn, tries } = decided
      if (step.do === 'own' || step.do === 'hold') return { number, turn, answer: step.do, tries }
      const found = await this.ask(number, step, turn)
      if (!found.isFree) {
        const others = this.wanting.get(number) ?? new Set()
        this.wanting.set(number, others.add(pool))
        return { number, turn, answer: 'held', until: found.until }
      }
    }
    return { number, turn: 0, answer: 'held', until: null }
  }

  /** Asks whoever has the number. That it is free is written; where nobody answers it is not. */
  private async ask(
    number: string,
    step: Extract<Step, { do: 'ask-pool' | 'ask-call' }>,
    turn: number,
  ): Promise<Found> {
    try {
      if (step.do === 'ask-call') {
        const picture = await withTimeout(callRoom(this.env, step.callId).picture(), HOLDER_TIMEOUT_MS)
        if (picture && picture.endedAt === null) return NOT_KNOWN
        await this.inGroup(null, () => this.change(number, (was) => callEnded(was, step.callId)))
        return FREE
      }
      const live = await this.askPool(number, step.pool, turn)
      return live.key === null ? FREE : { isFree: false, until: live.until }
    } catch (fault) {
      log.warn('the holder of a number did not answer', { holder: step.do, fault })
      return NOT_KNOWN
    }
  }

  private async askPool(number: string, pool: string, turn: number): Promise<NumberTold> {
    const [live] = await withTimeout(poolRoom(this.env, pool).tellNumbers([number], turn), HOLDER_TIMEOUT_MS)
    if (!live) throw new Error('the pool told nothing')
    await this.inGroup(null, () => {
      this.store.setTries(number, pool, live.tries)
      this.change(number, (was) => told(was, pool, live.key, live.isGone))
    })
    return live
  }

  async report(pool: string, reports: NumberReport[]): Promise<void> {
    await this.inGroup(null, () => {
      for (const { number, ended, tries } of reports) {
        this.store.setTries(number, pool, tries)
        for (const key of ended) this.change(number, (was) => freed(was, { pool, key }))
      }
    })
    this.tellWaiting(reports.map(({ number }) => number))
  }

  /** A pool that leases the number without asking is asked now, so that it asks from now on: throws where it does not answer. */
  async callBegan(number: string, callId: string): Promise<void> {
    await this.inGroup(null, () => this.change(number, (was) => callBegan(was, callId)))
    await this.inTurn(number, async () => {
      const turn = await this.inGroup(null, () => this.store.nextTurn())
      const sole = this.store.get(number)?.sole ?? null
      if (sole !== null) await this.askPool(number, sole, turn)
    })
  }

  async callEnded(number: string, callId: string): Promise<void> {
    await this.inGroup(null, () => this.change(number, (was) => callEnded(was, callId)))
    this.tellWaiting([number])
  }

  /** Inside a group. */
  private change(number: string, to: (was: NumberStand) => NumberStand): NumberStand {
    const was = this.store.get(number)
    const stand = to(was ?? UNKNOWN)
    this.store.put(number, was, stand)
    return stand
  }

  private tellWaiting(numbers: string[]): void {
    const byPool = new Map<string, string[]>()
    for (const number of numbers) {
      for (const pool of this.wanting.get(number) ?? []) byPool.set(pool, [...(byPool.get(pool) ?? []), number])
      this.wanting.delete(number)
    }
    for (const [pool, free] of byPool)
      this.ctx.waitUntil(
        poolRoom(this.env, pool)
          .numbersFree(free)
          .catch((fault: unknown) => log.debug('pool not told of a free number', { pool, fault })),
      )
  }

  private inTurn<T>(number: string, work: () => Promise<T>): Promise<T> {
    const before = this.claiming.get(number) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine
      .catch(() => undefined)
      .finally(() => {
        if (this.claiming.get(number) === settled) this.claiming.delete(number)
      })
    this.claiming.set(number, settled)
    return mine
  }
}
