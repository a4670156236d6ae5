import type { AgentPicture, CallPicture, PoolPicture } from '#shared/protocol/live'

export const NOON = Date.UTC(2026, 5, 1, 12)

export function agentPicture(over: Partial<AgentPicture> = {}): AgentPicture {
  return {
    agentId: 'alice',
    name: 'Alice Moreno',
    extension: '101',
    state: 'available',
    reason: null,
    since: NOON,
    rev: 1,
    lease: null,
    callId: null,
    ...over,
  }
}

export function callPicture(over: Partial<CallPicture> = {}): CallPicture {
  return {
    callId: 'call-1',
    state: 'in-progress',
    direction: 'outgoing',
    agentId: 'alice',
    agentName: 'Alice Moreno',
    other: '+905550100123',
    customerName: 'Elif Yılmaz',
    poolId: 'pool-1',
    startedAt: NOON,
    answeredAt: NOON + 4_000,
    endedAt: null,
    hangupCause: null,
    rev: 1,
    ...over,
  }
}

export function poolPicture(over: Partial<PoolPicture> = {}): PoolPicture {
  const stats = {
    total: 40,
    pending: 30,
    leased: 1,
    completed: 6,
    unreachable: 1,
    doNotCall: 1,
    paused: 1,
    byDisposition: { sold: 2 },
    attemptsToday: 9,
    reachedToday: 5,
  }
  return { poolId: 'pool-1', name: 'Renewals', state: 'open', stats, rev: 1, ...over }
}
