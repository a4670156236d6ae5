import type { Tries } from '#shared/domain/number/caps'

/**
 * env.NUMBER.getByName(`numbers-${0…63}`): whose a number is, across pools and live calls (POOL-1), and how often it was
 * tried (POOL-19). A pool that alone has a number leases it without a word to anyone.
 */
export interface NumberPort {
  /** Before they can be pulled. `shared`: the pool must claim these before it leases them; the others are its own. */
  register(pool: string, numbers: string[]): Promise<{ turn: number; shared: string[] }>
  /** May the pool lease them now? Each stands for itself. */
  claim(pool: string, claims: Claim[]): Promise<Claimed[]>
  /** What happened to shared numbers in a pool: leases that ended, attempts. Idempotent. */
  report(pool: string, reports: NumberReport[]): Promise<void>
  /** A call that no pool's lease answers for. */
  callBegan(number: string, callId: string): Promise<void>
  callEnded(number: string, callId: string): Promise<void>
}
/** `key`: new for every claim; the lease it leads to is reported over by it. */
export type Claim = { number: string; key: string }
/** `turn`: a newer word of the shard has a higher one. `tries`: by other pools. */
export type Claimed = { number: string; turn: number } & (
  | { answer: 'own' | 'hold'; tries: Tries }
  /** `until`: where the holder could say. */
  | { answer: 'held'; until: number | null }
)
export type NumberReport = { number: string; ended: string[]; tries: Tries }
/** What a pool has leased with a number: `key` null, nothing. `isGone`: it is in no list of this pool any more. */
export type NumberTold = { number: string; key: string | null; until: number; isGone: boolean; tries: Tries }
