import type { Env } from '../../env'
import type { Asked, RoomRefusal } from '../ports'
import { Room } from '../room'
import { NumberDesk } from './number-desk'
import { PoolStore } from './pool-store'
import { Refused } from './refused'

/** A room over a pool's rows: a decision is made in the group it came with, and a refusal is an answer. */
export abstract class DecidingRoom extends Room {
  protected readonly store: PoolStore
  protected readonly numbers: NumberDesk

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new PoolStore(this.sql, this.shell, this.name, () => Date.now() - this.now())
    this.numbers = new NumberDesk({
      env,
      store: this.store,
      now: () => this.now(),
      inGroup: (decide) => this.inGroup(null, decide),
      waitUntil: (work) => ctx.waitUntil(work),
    })
  }

  /** The pool's clock. */
  protected abstract now(): number

  /** Decides in the next group. A refusal undoes its own writes, leaves its command id unused, and is answered. */
  protected decide<T>(id: string | null, decision: (store: PoolStore, now: number) => T): Promise<Asked<T>> {
    return this.inGroup(id, () => decision(this.store, this.now())).catch((fault: unknown) => {
      if (fault instanceof Refused) return refusal(fault)
      throw fault
    })
  }
}

const refusal = ({ code, detail, facts }: Refused): RoomRefusal => ({
  refused: code,
  ...(detail ? { detail } : {}),
  ...(facts ? { facts } : {}),
})
