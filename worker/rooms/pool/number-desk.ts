import { uuidv7 } from 'uuidv7'
import { shardOf, SHARDS } from '#shared/domain/number/shard'
import type { Park } from '#shared/domain/pool/park'
import type { Env } from '../../env'
import { log } from '../../log'
import { numberShard } from '../doors'
import { withTimeout } from '../room'
import type { NumberPort, NumberReport } from '../ports'
import { AskFirst, triesHere, type Pass } from './numbers'
import type { Owed } from './number-store'
import type { PoolStore } from './pool-store'

/** A pull waits so long for a number; then it takes the next customer. */
const CLAIM_MS = 300
/** A pull asks so often, and no longer than this altogether; then it takes only what is the pool's own. */
const MOST_ASKS = 8
const PATIENCE_MS = 1_000
/** A shard that was late is left alone for a moment, and its customers with it. */
const SHARD_REST_MS = 2_000
const PASSED_OVER_MS = 5_000
/** What is held elsewhere is looked at again after this, if nobody says before that it is free. */
const LOOK_AGAIN_MS = 30_000
const TELL_MS = 2_000
const TELL_STEP = 2_000
const REGISTER_MS = 5_000
/** Rows of an import whose numbers are registered at a time, and parts of it that are looked at in one turn. */
const AHEAD = 50_000
const AHEAD_STEP = 8
/** Shards that are asked to register at a time: pulls come in between. */
const ASKED_TOGETHER = 16
export const NUMBERS_TIMER = 'numbers'
const RETRY_MS = 5_000

export type DeskParts = {
  env: Env
  store: PoolStore
  now: () => number
  inGroup: <T>(decide: () => T) => Promise<T>
  waitUntil: (work: Promise<unknown>) => void
}
type NumbersTold = Awaited<ReturnType<NumberPort['register']>>
/** A claim, and whether its NumberRoom may have written it down. */
type Asked = { number: string; key: string; mayBeHeld: boolean }

/**
 * A pool's side of the hold across pools (POOL-1): claims numbers before a lease where they are not the pool's own,
 * registers new ones, and tells what ended. All of it may fail: a number that cannot be asked for is passed over, and what
 * could not be told is told again.
 */
export class NumberDesk {
  private readonly asking = new Map<number, Pass>()
  private readonly pending = new Map<string, string>()
  private readonly lateShards = new Map<number, number>()
  private flushing: Promise<void> | null = null
  /** What failed is tried again by the timer, not by every commit in between. */
  private restsUntil = 0
  /** The rows of which import are registered, and up to which. */
  private importAhead: { no: number; to: number } | null = null

  constructor(private readonly parts: DeskParts) {}

  /** The key of a claim whose answer is on its way or being decided on. */
  pendingKey(number: string): string | null {
    return this.pending.get(number) ?? null
  }

  /** Decides, claims what must be claimed first, decides again. Claims that led to no lease are given back. */
  async deciding<T>(decide: (pass: Pass) => Promise<T | AskFirst>): Promise<T> {
    const claims: Asked[] = []
    const pass: Pass = {
      except: new Set(),
      answers: new Map(),
      parks: new Map(),
      mayAsk: true,
      asked: () => [...this.asking].flatMap(([entryId, by]) => (by === pass ? [] : [entryId])),
      isBeingAsked: (number) => this.pending.has(number) && !claims.some((one) => one.number === number),
      reserve: (entryId, numbers) => {
        this.asking.set(entryId, pass)
        return numbers.map((number) => {
          // in the order of time: a later claim of this pool counts against an earlier one that comes late
          const claim = { number, key: uuidv7() }
          this.pending.set(number, claim.key)
          claims.push({ ...claim, mayBeHeld: true })
          return claim
        })
      },
    }
    const until = Date.now() + PATIENCE_MS
    try {
      for (let asks = 0; ; asks += 1) {
        pass.mayAsk = asks < MOST_ASKS && Date.now() < until
        const decided = await decide(pass)
        if (!(decided instanceof AskFirst)) return decided
        await this.claim(decided, pass, claims)
      }
    } finally {
      for (const [entryId, by] of this.asking) if (by === pass) this.asking.delete(entryId)
      if (claims.length > 0) this.parts.waitUntil(this.giveBack(claims))
    }
  }

  private async claim({ entryId, claims: all }: AskFirst, pass: Pass, asked: Asked[]): Promise<void> {
    const passOver = (until: number) => pass.parks.set(entryId, { why: 'held-elsewhere', until } satisfies Park)
    const { env, store, now } = this.parts
    for (const [shard, claims] of this.byShard(all, ({ number }) => number)) {
      if ((this.lateShards.get(shard) ?? 0) > Date.now()) return void passOver(now() + PASSED_OVER_MS)
      try {
        const answers = await withTimeout(numberShard(env, shard).claim(store.poolId, claims), CLAIM_MS)
        for (const [index, said] of answers.entries()) {
          const { number, key } = claims[index]!
          const mine = asked.find((one) => one.key === key)
          if (mine) mine.mayBeHeld = said.answer === 'hold'
          if (said.answer === 'held') passOver(Math.min(said.until ?? Infinity, now() + LOOK_AGAIN_MS))
          else pass.answers.set(number, { key, said })
        }
        if (pass.parks.has(entryId)) return
      } catch (fault) {
        log.warn('numbers not claimed in time', { shard, fault })
        this.lateShards.set(shard, Date.now() + SHARD_REST_MS)
        return void passOver(now() + PASSED_OVER_MS)
      }
    }
  }

  /** Claims that no lease stands on. From here on their number is free, whatever is still on its way. */
  private async giveBack(keys: Asked[]): Promise<void> {
    for (const { number, key } of keys) if (this.pending.get(number) === key) this.pending.delete(number)
    const { store, inGroup } = this.parts
    const unused = keys.filter(({ number, key, mayBeHeld }) => mayBeHeld && store.numbers.holdOn(number)?.key !== key)
    if (unused.length === 0) return
    await inGroup(() => {
      for (const { number, key } of unused) store.numbers.owe(number, key)
    })
  }

  // ---- telling --------------------------------------------------------------------------------------------------------

  /** New numbers are registered, and what is owed is told, until there is nothing left; what fails is tried again later. */
  flush(): Promise<void> {
    const { store } = this.parts
    if (!store.numbers.hasOwed && !store.numbers.hasUnregistered) return Promise.resolve()
    if (Date.now() < this.restsUntil) return Promise.resolve()
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null
    })
    return this.flushing
  }

  private async flushAll(): Promise<void> {
    const { store, inGroup } = this.parts
    try {
      for (;;) {
        const early = store.numbers.earlyNumbers(TELL_STEP)
        if (early) await this.register(early.numbers, () => store.numbers.earlyDone(early.to))
        const fresh = store.numbers.unregistered(TELL_STEP)
        if (fresh.length > 0) await this.register(fresh)
        const owed = store.numbers.owed(TELL_STEP)
        if (owed.length > 0) await this.tell(owed)
        if (!early && fresh.length === 0 && owed.length === 0) break
      }
      await inGroup(() => store.numbers.reload())
    } catch (fault) {
      log.warn('numbers not told yet', { poolId: store.poolId, fault })
      const again = Date.now() + RETRY_MS
      this.restsUntil = again
      await inGroup(() => store.retryNumbers(NUMBERS_TIMER, again))
    }
  }

  /** Shards that answer are done with; one that does not makes the rest be tried again later. */
  private async tell(owed: Owed[]): Promise<void> {
    const { env, store, now, inGroup } = this.parts
    const told = await Promise.allSettled(
      this.byShard(owed, ({ number }) => number).map(async ([shard, rows]) => {
        const reports = new Map<string, NumberReport>()
        for (const { number, key } of rows) {
          const report = reports.get(number) ?? { number, ended: [], tries: triesHere(store, number, now()) }
          if (key !== null) report.ended.push(key)
          reports.set(number, report)
        }
        await withTimeout(numberShard(env, shard).report(store.poolId, [...reports.values()]), TELL_MS)
        return rows
      }),
    )
    const done = told.flatMap((one) => (one.status === 'fulfilled' ? one.value.map(({ seq }) => seq) : []))
    if (done.length > 0) await inGroup(() => store.numbers.paid(done))
    const failed = told.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  // ---- registering ------------------------------------------------------------------------------------------------------

  /**
   * Before these come into the pool, so that they can be pulled the moment they are in. A shard that does not answer leaves
   * its numbers to be registered after; until then a pull claims each of them.
   */
  async registerAhead(numbers: readonly string[]): Promise<void> {
    const { store } = this.parts
    const answers = await this.askShards(numbers)
    for (const { some, said } of answers) {
      if (!said) continue
      const shared = new Set(said.shared)
      store.ahead.add(
        some.filter((number) => !shared.has(number)),
        said.turn,
      )
      if (shared.size > 0) await this.parts.inGroup(() => store.numbers.markMany(said.shared, said.turn))
    }
  }

  /** IMP-9: of the rows that are committed next, many slices at a time, so that a slice rarely waits for it. */
  async registerImport(importId: string): Promise<void> {
    const { store } = this.parts
    const found = store.imports.get(importId)
    if (found?.state !== 'checked' && found?.state !== 'committing') return
    const after = this.importAhead?.no === found.no ? this.importAhead.to : -1
    const next = store.imports.parts.ahead(found.no, after, AHEAD)
    if (!next) return
    const numbers: string[] = []
    for (let from = 0; from < next.parts.length; from += AHEAD_STEP) {
      for (const part of next.parts.slice(from, from + AHEAD_STEP))
        for (const number of store.imports.parts.newNumbers(part)) numbers.push(number)
      await nextTurn()
    }
    await this.registerAhead(numbers)
    this.importAhead = { no: found.no, to: next.to }
  }

  private async register(numbers: readonly string[], andThen?: () => void): Promise<void> {
    const { store, inGroup } = this.parts
    const answers = await this.askShards(numbers)
    await inGroup(() => {
      for (const { some, said } of answers) {
        if (!said) {
          for (const number of some) store.numbers.mark(number, 0)
          continue
        }
        const shared = new Set(said.shared)
        for (const number of some) {
          if (shared.has(number)) store.numbers.mark(number, said.turn)
          else store.numbers.unmark(number, said.turn)
        }
      }
      andThen?.()
    })
    if (answers.some(({ said }) => said === null)) throw new Error('not all numbers are registered')
  }

  /** A few shards at a time; what one did not answer is null. */
  private async askShards(numbers: readonly string[]) {
    const { env, store } = this.parts
    const answers: { some: string[]; said: NumbersTold | null }[] = []
    const waiting = this.byShard(numbers, (number) => number).values()
    const lane = async () => {
      for (const [shard, some] of waiting) {
        const asked = withTimeout(numberShard(env, shard).register(store.poolId, some), REGISTER_MS)
        const said = await asked.catch((fault: unknown) => {
          log.warn('numbers not registered yet', { shard, fault })
          return null
        })
        answers.push({ some, said })
      }
    }
    await Promise.all(Array.from({ length: ASKED_TOGETHER }, lane))
    return answers
  }

  /** In the order of the shards, so that two pools that want the same numbers do not each take half. */
  private byShard<T>(all: readonly T[], numberOf: (one: T) => string): [number, T[]][] {
    const shards: T[][] = Array.from({ length: SHARDS }, () => [])
    for (const one of all) shards[shardOf(numberOf(one), this.parts.env.NUMBER_KEY)]!.push(one)
    return shards.flatMap((some, shard): [number, T[]][] => (some.length > 0 ? [[shard, some]] : []))
  }
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0))
