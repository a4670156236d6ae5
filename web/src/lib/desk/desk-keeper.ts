import * as z from 'zod'
import { agentToday, pool, type AgentToday } from '#shared/protocol/pools'
import {
  callbackDue,
  leaseView,
  nothingDue,
  type CallbackDue,
  type LeaseView,
  type NothingDue,
} from '#shared/protocol/pulls'
import type { DeviceDb } from '../offline/device-db'
import type { DeskRows } from '../offline/outbox-store'
import type { Hand } from './hand'

const pools = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  country: z.string(),
  dispositions: pool.shape.dispositions,
})
export type KnownPool = Pick<LeaseView['pool'], 'id' | 'name' | 'timeZone' | 'country' | 'dispositions' | 'form'>

/** What the desk holds, in IndexedDB: a reload, a crash, a second tab or a day without a network find the same. */
export class DeskKeeper {
  constructor(private readonly db: DeviceDb) {}

  /** Null also when an older version of the app stored it in a shape that is not read any more: the server is asked. */
  async hand(): Promise<Hand | null> {
    const stored = (await this.db.get('desk', 'hand')) as Hand | undefined
    return stored && leaseView.safeParse(stored.view).success ? stored : null
  }
  /** The pull that brought it is over, and its pool is remembered for corrections. */
  async takeInHand(hand: Hand): Promise<void> {
    const { id, name, timeZone, country, dispositions, form } = hand.view.pool
    const transaction = this.db.transaction('desk', 'readwrite', { durability: 'strict' })
    const { store } = transaction
    const rows: Record<string, unknown> = { hand, [`pool:${id}`]: { id, name, timeZone, country, dispositions, form } }
    for (const [key, value] of Object.entries(rows)) await store.put(value, key)
    await store.delete('pull')
    await store.delete('nothing')
    await transaction.done
  }
  /** What is learnt about the hand while it lasts; another customer in hand by now is left alone. */
  async updateHand(hand: Hand): Promise<void> {
    const transaction = this.db.transaction('desk', 'readwrite')
    const stored = (await transaction.store.get('hand')) as Hand | undefined
    if (stored?.leaseId === hand.leaseId) await transaction.store.put(hand, 'hand')
    await transaction.done
  }
  async putAway(leaseId: string): Promise<void> {
    const transaction = this.db.transaction('desk', 'readwrite')
    await letGo(transaction.store as unknown as DeskRows, leaseId)
    await transaction.done
  }

  /** POOL-4: the command id of a pull is made once; a lost answer, a reload and a retry use the same. */
  async pullId(make: () => string): Promise<string> {
    const transaction = this.db.transaction('desk', 'readwrite')
    const known = (await transaction.store.get('pull')) as string | undefined
    const id = known ?? make()
    if (!known) await transaction.store.put(id, 'pull')
    await transaction.done
    return id
  }
  async pullAnswered(nothing: NothingDue | null): Promise<void> {
    const transaction = this.db.transaction('desk', 'readwrite')
    await transaction.store.delete('pull')
    if (nothing) await transaction.store.put(nothing, 'nothing')
    await transaction.done
  }
  async nothing(): Promise<NothingDue | null> {
    return this.read('nothing', nothingDue)
  }

  async pool(id: string): Promise<KnownPool | null> {
    return this.read(`pool:${id}`, pools)
  }
  today = (): Promise<AgentToday | null> => this.read('today', agentToday)
  callbacks = async (): Promise<CallbackDue[]> => (await this.read('callbacks', z.array(callbackDue))) ?? []
  async remember(what: 'today' | 'callbacks', value: unknown): Promise<void> {
    await this.db.put('desk', value, what)
  }

  private async read<T>(key: string, schema: z.ZodType<T>): Promise<T | null> {
    const parsed = schema.safeParse(await this.db.get('desk', key))
    return parsed.success ? parsed.data : null
  }
}

/** Takes a customer off the desk, if it is still the one in hand; false: another tab was quicker. */
export async function letGo(rows: DeskRows, leaseId: string): Promise<boolean> {
  const hand = (await rows.get('hand')) as Hand | undefined
  if (hand?.leaseId !== leaseId) return false
  await rows.delete('hand')
  return true
}
