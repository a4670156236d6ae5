import { checkNumbers, type Check, type Listed } from '../db/do-not-call'
import type { Env } from '../env'
import type { DoNotCallNews } from '../rooms/pool/do-not-call'
import type { PoolStore } from '../rooms/pool/pool-store'
import type { Journalled } from './pool-drain'

/**
 * POOL-16, the net under every way in: customers that came in or changed are looked up once more on the lists, after they
 * are shown. Imports and single customers have been checked before (`learn`); what was moved from another pool, or came by a
 * way that forgot to ask, is barred here.
 */
export async function checkArrivals(
  env: Env,
  store: PoolStore,
  events: Journalled[],
  bar: (news: DoNotCallNews) => Promise<void>,
): Promise<void> {
  const ids = new Set(events.flatMap(({ event }) => (event.kind === 'changed' && event.cards ? event.entries : [])))
  const phones = Array.from(store.entries.getMany([...ids]).values(), ({ phone }) => phone)
  if (phones.length === 0) return
  const { asOf, listed } = await lookUp(env, store, phones)
  for (const who of new Set(listed.map(saysWho))) {
    const [first, ...others] = listed.filter((one) => saysWho(one) === who) as [Listed, ...Listed[]]
    const by = { id: first.byId ?? '', name: first.byName ?? '' }
    const values = [first, ...others].map(({ number }) => number)
    await bar({ list: first.list, version: asOf, at: Date.now(), by, values })
  }
}
const saysWho = ({ list, byId }: Listed) => `${list} ${byId}`

const TRIES = 3

/** What was read before a number was taken off a list would bar it again: it is read anew. */
async function lookUp(env: Env, store: PoolStore, phones: string[], tried = 1): Promise<Check> {
  const check = await checkNumbers(env.DB, store.poolId, phones)
  return check.asOf < store.doNotCall.version && tried < TRIES ? lookUp(env, store, phones, tried + 1) : check
}
