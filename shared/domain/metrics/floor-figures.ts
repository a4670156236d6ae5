import { concernOf, type AgentOnFloor, type Limits, LIMITS } from './attention'

type Call = { state: string; endedAt: number | null }
type Pool = {
  state: string
  stats: { total: number; pending: number; leased: number; attemptsToday: number; reachedToday: number }
}

/** The figures on top of the floor (FLOOR-1). */
export type FloorFigures = {
  /** Signed in: every agent who is not offline. */
  agents: number
  talking: number
  ringing: number
  available: number
  wrappingUp: number
  needingMe: number
  /** Customers of open pools that are still to be called. */
  pending: number
  attemptsToday: number
  reachedToday: number
}

/** Counts what the pictures show. Today is each pool's own day (POOL-26); shares are left to whoever shows them. */
export function floorFigures(
  floor: { agents: Iterable<AgentOnFloor>; calls: Iterable<Call>; pools: Iterable<Pool> },
  now: number,
  limits: Limits = LIMITS,
): FloorFigures {
  const agents = [...floor.agents]
  const live = [...floor.calls].filter((call) => call.endedAt === null)
  const pools = [...floor.pools]
  const inState = (...states: AgentOnFloor['state'][]) => agents.filter((agent) => states.includes(agent.state)).length
  const sum = (of: (pool: Pool) => number) => pools.reduce((total, pool) => total + of(pool), 0)
  return {
    agents: agents.length - inState('offline'),
    talking: live.filter((call) => call.state === 'in-progress' || call.state === 'on-hold').length,
    ringing: live.filter((call) => call.state === 'initiated' || call.state === 'ringing').length,
    available: inState('available'),
    wrappingUp: inState('wrap-up'),
    needingMe: agents.filter((agent) => concernOf(agent, now, limits) !== null).length,
    pending: sum((pool) => (pool.state === 'open' ? pool.stats.pending : 0)),
    attemptsToday: sum((pool) => pool.stats.attemptsToday),
    reachedToday: sum((pool) => pool.stats.reachedToday),
  }
}
