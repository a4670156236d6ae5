import type { Env } from '../env'
import type { AgentPort } from '../rooms/ports'
import { withTimeout } from '../rooms/room'
import type { SessionToken } from './session-token'

type Checked = Awaited<ReturnType<AgentPort['checkSession']>>

/** How long an isolate believes a room's word: a revoked session is refused by every route within this. */
const BELIEVED_MS = 10_000
const MOST_KEPT = 5_000
const kept = new Map<string, { userId: string; until: number; checked: Checked }>()

/** Whether the session still lives, by its AgentRoom (the truth) or by what that said at most 10 s ago. */
export async function checkSession(env: Env, { userId, sessionId }: SessionToken, now: number): Promise<Checked> {
  const known = kept.get(sessionId)
  if (known && known.until > now && known.userId === userId) return known.checked
  const checked = await withTimeout(env.AGENT.getByName(userId).checkSession(sessionId) as Promise<Checked>, 5_000)
  if (checked.live) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!)
    kept.delete(sessionId)
    kept.set(sessionId, { userId, until: now + BELIEVED_MS, checked })
  } else kept.delete(sessionId)
  return checked
}

/** After a revocation: this isolate believes nothing older. Others follow within 10 s; the rooms refuse at once. */
export function forgetSession(sessionId: string): void {
  kept.delete(sessionId)
}

export function forgetSessionsOf(userId: string): void {
  for (const [sessionId, { userId: owner }] of kept) if (owner === userId) kept.delete(sessionId)
}
