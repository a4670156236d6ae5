import { trunkSettings, type TrunkSettings } from '#shared/protocol/trunks'
import type { Env } from '../env'
import { readTrunks } from '../db/trunks'
import { log } from '../log'
import { withTimeout } from '../rooms/room'

export type KnownTrunk = TrunkSettings & { id: string }

/** A call asks for the trunks; D1 is asked this often at most, and when it does not answer what was known goes on. */
const BELIEVED_MS = 2_000
const TIMEOUT_MS = 1_000
let known: { trunks: KnownTrunk[]; at: number } | null = null
let asking: Promise<KnownTrunk[]> | null = null

/** The trunks that are switched on. */
export async function enabledTrunks(env: Pick<Env, 'DB'>, now = Date.now()): Promise<KnownTrunk[]> {
  if (known && now - known.at < BELIEVED_MS) return known.trunks
  asking ??= read(env, now).finally(() => (asking = null))
  return asking
}

async function read(env: Pick<Env, 'DB'>, now: number): Promise<KnownTrunk[]> {
  try {
    const rows = await withTimeout(readTrunks(env.DB), TIMEOUT_MS)
    const trunks = rows.flatMap(({ id, settings }) => {
      const parsed = trunkSettings.safeParse(JSON.parse(settings))
      return parsed.success && parsed.data.enabled ? [{ ...parsed.data, id }] : []
    })
    known = { trunks, at: now }
    return trunks
  } catch (fault) {
    log.warn('trunks not read', { fault })
    return known?.trunks ?? []
  }
}

/** They were changed: the next call looks anew. */
export function forgetTrunks(): void {
  known = null
}
