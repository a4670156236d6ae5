import { checkNumbers } from '../../db/do-not-call'
import type { Env } from '../../env'
import { log } from '../../log'
import { asking, poolRoom } from '../doors'
import { isRefusal } from '../ports'
import { bulkSlice } from './bulk'
import type { TransferReply } from './bulk-port'
import type { PoolStore } from './pool-store'
import { arrived, batchNow } from './transfer'

type Host = {
  env: Env
  store: PoolStore
  inGroup<T>(decide: () => T): Promise<T>
  now(): number
  waitUntil(work: Promise<unknown>): void
}
/** Pulls and commands that wait get their turn between two slices. */
const BREATH_MS = 4

/**
 * POOL-24: bulk actions go on by themselves, slice by slice, each in the group of what came with it. Nothing is kept here:
 * what is left to do stands in rows, so a room thrown away at any moment goes on where it was (timer `bulk`).
 */
export class BulkRunner {
  private running = false

  constructor(private readonly host: Host) {}

  wake(): void {
    if (this.running) return
    this.running = true
    const work = this.run()
      .catch((fault: unknown) => log.warn('a bulk action waits', { poolId: this.host.store.poolId, fault }))
      .finally(() => (this.running = false))
    this.host.waitUntil(work)
  }

  private async run(): Promise<void> {
    const { store, inGroup, now } = this.host
    for (;;) {
      const step = await inGroup(() => bulkSlice(store, now()))
      if (step === 'nothing') return
      if (step === 'waits') await this.carryOver()
      await new Promise((resolve) => setTimeout(resolve, BREATH_MS))
    }
  }

  /** Asks the other pool until it has answered; only then anything else is done. Throwing means: again later. */
  private async carryOver(): Promise<void> {
    const { env, store, inGroup, now } = this.host
    const ready = batchNow(store)
    if (!ready) return
    const { toPoolId, bulk, ids, passengers, batch } = ready
    const by = { id: bulk.head.by.id, name: bulk.head.by.name }
    const phones = passengers.flatMap(({ phone, phones: more }) => [phone, ...more.map(({ number }) => number)])
    const check = await checkNumbers(env.DB, toPoolId, phones)
    const reply = await asking(
      () => poolRoom(env, toPoolId),
      (room) => room.takeTransfer({ batch, fromPoolId: store.poolId, by, passengers, check }),
    )
    // the lists changed while it was on its way: looked up again with the next try
    if (isRefusal(reply) && reply.refused === 'conflict') return
    const outcomes: TransferReply['outcomes'] = isRefusal(reply) ? ids.map(() => reply.refused) : reply.outcomes
    await inGroup(() => arrived(store, { bulk, ids, toPoolId }, outcomes, now()))
  }
}
