/** What the floor judges an agent by; a part of the agent's live picture. Times are epoch ms of the server's clock. */
export type AgentOnFloor = {
  agentId: string
  name: string
  state: 'offline' | 'available' | 'with-customer' | 'ringing' | 'on-call' | 'wrap-up' | 'not-ready' | 'unreachable'
  since: number
  lease: { expiresAt: number } | null
}

/** FLOOR-1: how long each state may last before it stands out. */
export type Limits = { talkMs: number; wrapUpMs: number; breakMs: number; ringMs: number }
export const LIMITS: Limits = { talkMs: 15 * 60_000, wrapUpMs: 2 * 60_000, breakMs: 15 * 60_000, ringMs: 45_000 }

/**
 * `red`: needs someone now: a customer is held by nobody who could call them, or the agent cannot be reached.
 * `yellow`: a state lasts longer than its limit.
 */
export type Concern =
  | { level: 'red'; why: 'unreachable' | 'hold-lapsed' | 'hold-left-behind' }
  | { level: 'yellow'; why: 'talk' | 'wrap-up' | 'break' | 'ring'; limitMs: number }

/** FLOOR-1: why an agent stands out now, the gravest reason alone; null: nothing does. */
export function concernOf(agent: AgentOnFloor, now: number, limits: Limits = LIMITS): Concern | null {
  const { state, lease } = agent
  if (state === 'unreachable') return { level: 'red', why: 'unreachable' }
  if (lease && (state === 'offline' || state === 'not-ready')) return { level: 'red', why: 'hold-left-behind' }
  if (lease && state !== 'on-call' && state !== 'ringing' && lease.expiresAt <= now)
    return { level: 'red', why: 'hold-lapsed' }
  const limit = limitOf(state, limits)
  return limit !== null && now - agent.since > limit.limitMs ? { level: 'yellow', ...limit } : null
}

/** Those who stand out, by agent id. */
export function concernsOf(
  agents: Iterable<AgentOnFloor>,
  now: number,
  limits: Limits = LIMITS,
): ReadonlyMap<string, Concern> {
  const found = new Map<string, Concern>()
  for (const agent of agents) {
    const concern = concernOf(agent, now, limits)
    if (concern) found.set(agent.agentId, concern)
  }
  return found
}

type Limit = { why: 'talk' | 'wrap-up' | 'break' | 'ring'; limitMs: number }
function limitOf(state: AgentOnFloor['state'], limits: Limits): Limit | null {
  if (state === 'on-call') return { why: 'talk', limitMs: limits.talkMs }
  if (state === 'wrap-up') return { why: 'wrap-up', limitMs: limits.wrapUpMs }
  if (state === 'not-ready') return { why: 'break', limitMs: limits.breakMs }
  if (state === 'ringing') return { why: 'ring', limitMs: limits.ringMs }
  return null
}

/** After those who stand out: work in hand before waiting, waiting before away. */
const RANK: Record<AgentOnFloor['state'], number> = {
  unreachable: 0,
  'on-call': 1,
  ringing: 2,
  'with-customer': 3,
  'wrap-up': 4,
  available: 5,
  'not-ready': 6,
  offline: 7,
}

/** FLOOR-1: who needs me first (red, then yellow, longest first), then by state, the longest in it first. */
export function whoNeedsMeFirst<A extends AgentOnFloor>(
  agents: Iterable<A>,
  now: number,
  limits: Limits = LIMITS,
): A[] {
  const graveness = (agent: A) => ({ red: 0, yellow: 1, none: 2 })[concernOf(agent, now, limits)?.level ?? 'none']
  return [...agents]
    .map((agent) => ({ agent, grave: graveness(agent) }))
    .sort(
      (a, b) =>
        a.grave - b.grave ||
        (a.grave === 2 ? RANK[a.agent.state] - RANK[b.agent.state] : 0) ||
        a.agent.since - b.agent.since ||
        (a.agent.agentId < b.agent.agentId ? -1 : 1),
    )
    .map(({ agent }) => agent)
}

/** The order on screen while someone points at it: what is shown stays where it is, newcomers come last, who left goes. */
export function heldOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const still = new Set(wanted)
  const known = new Set(shown)
  return [...shown.filter((id) => still.has(id)), ...wanted.filter((id) => !known.has(id))]
}
