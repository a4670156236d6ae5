/** `Straight`: the same app under a name, so that our own door reaches it without Miniflare's routers in between (0135). */
export { app as default, app as Straight } from './app'
export { AgentRoom } from './rooms/agent-room'
export { CallRoom } from './rooms/call-room'
export { FloorRoom } from './rooms/floor-room'
export { LedgerRoom } from './rooms/ledger-room'
export { NumberRoom } from './rooms/number-room'
export { PoolRoom } from './rooms/pool-room'
export { TrunkRoom } from './rooms/trunk-room'
