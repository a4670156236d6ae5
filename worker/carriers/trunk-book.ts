import { shownFor, TRUNKS_OWN, type Shown } from '#shared/domain/trunk/caller-id'
import { numbersOf, trunkSettings, type CallerIdRules, type TrunkSettings } from '#shared/protocol/trunks'
import type { Env } from '../env'
import { readCallerIds } from '../db/caller-ids'
import { readTrunks } from '../db/trunks'
import { log } from '../log'
import { withTimeout } from '../rooms/room'

export type KnownTrunk = TrunkSettings & { id: string }

/** A call asks for the trunks; D1 is asked this often at most, and when it does not answer what was known goes on. */
const BELIEVED_MS = 2_000
const TIMEOUT_MS = 1_000
type Book = { trunks: KnownTrunk[]; owned: string[]; rules: CallerIdRules; at: number }
let known: Book | null = null
let asking: Promise<Book | null> | null = null

/** The trunks that are switched on. */
export async function enabledTrunks(env: Pick<Env, 'DB'>, now = Date.now()): Promise<KnownTrunk[]> {
  return (await book(env, now))?.trunks ?? []
}

/** SIP-9: which number a call shows, by its agent and pool; numbers of trunks that are switched off are still ours. */
export async function shownNumber(
  env: Pick<Env, 'DB'>,
  by: { userId: string; poolId: string | null },
  now = Date.now(),
): Promise<Shown> {
  const read = await book(env, now)
  return read ? shownFor(read.rules, by, read.owned) : TRUNKS_OWN
}

async function book(env: Pick<Env, 'DB'>, now: number): Promise<Book | null> {
  if (known && now - known.at < BELIEVED_MS) return known
  asking ??= read(env, now).finally(() => (asking = null))
  return asking
}

async function read(env: Pick<Env, 'DB'>, now: number): Promise<Book | null> {
  try {
    const [rows, rules] = await withTimeout(Promise.all([readTrunks(env.DB), readCallerIds(env.DB)]), TIMEOUT_MS)
    const all = rows.flatMap(({ id, settings }) => {
      const parsed = trunkSettings.safeParse(JSON.parse(settings))
      return parsed.success ? [{ ...parsed.data, id }] : []
    })
    known = { trunks: all.filter(({ enabled }) => enabled), owned: all.flatMap(numbersOf), rules, at: now }
  } catch (fault) {
    log.warn('trunks not read', { fault })
  }
  return known
}

/** They were changed: the next call looks anew. */
export function forgetTrunks(): void {
  known = null
}
