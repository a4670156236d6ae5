import type { AgentRoom } from './rooms/agent-room'
import type { CallRoom } from './rooms/call-room'
import type { FloorRoom } from './rooms/floor-room'
import type { LedgerRoom } from './rooms/ledger-room'
import type { MeterRoom } from './rooms/meter-room'
import type { NumberRoom } from './rooms/number-room'
import type { PoolRoom } from './rooms/pool-room'
import type { TrunkRoom } from './rooms/trunk-room'

/** Everything the Worker is given from outside. Secrets come only from here. */
export interface Env {
  DB: D1Database
  ASSETS: Fetcher
  POOL: DurableObjectNamespace<PoolRoom>
  AGENT: DurableObjectNamespace<AgentRoom>
  CALL: DurableObjectNamespace<CallRoom>
  FLOOR: DurableObjectNamespace<FloorRoom>
  LEDGER: DurableObjectNamespace<LedgerRoom>
  NUMBER: DurableObjectNamespace<NumberRoom>
  METER: DurableObjectNamespace<MeterRoom>
  TRUNK: DurableObjectNamespace<TrunkRoom>
  /** PHONE-11: sealed recordings. Without it, or without RECORDING_KEYS, nothing is recorded. */
  RECORDINGS?: R2Bucket
  /** Wraps the recordings' keys: `1:<base64url>,2:…`, the highest version is used, the others still open (worker/recording/keys). */
  RECORDING_KEYS?: string
  /** Signs sessions, access tokens and tickets. At least 32 random bytes. */
  SESSION_KEY: string
  /** Mixed into every password hash; not in the database. */
  PASSWORD_PEPPER: string
  /** Keys the hash that makes a customer's id from its number. Never rotated without a migration. */
  NUMBER_KEY: string
  LOG_LEVEL: string
  /** "1": the demo telephone is a carrier. */
  DEMO: string
  /** The origin browsers use, e.g. http://localhost:8787. Empty: the request's own (on Cloudflare). */
  PUBLIC_ORIGIN: string
  INSTANCE_ID: string
  /** When set, only requests that carry it (from our own proxy) are served, and their x-switchroom-address is believed. */
  PROXY_SECRET?: string
  /** How long a call rings before it counts as not answered; default 45. */
  RING_SECONDS?: string
  /** PHONE-8: how often the telephone of an available agent is looked at, and how long its answer may take at most; default 60. */
  CHALLENGE_SECONDS?: string
  /** SIP-11, each optional, lists with commas: STUN; TURN with the secret it shares with us; Cloudflare's TURN. */
  STUN_URLS?: string
  TURN_URLS?: string
  TURN_SECRET?: string
  CLOUDFLARE_TURN_KEY?: string
  CLOUDFLARE_TURN_TOKEN?: string
  /** "1": a route that calls a room and does nothing there, for benches to compare with. */
  BENCH?: string
}
