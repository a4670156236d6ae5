import type { SendReply } from '#shared/outbox/drain'
import { commandResults, type AgentCommand } from '#shared/protocol/commands'
import { problem, type RefusalCode } from '#shared/protocol/problem'

const PATH = '/api/commands'
const TIMEOUT_MS = 15_000
/** Browsers let 64 KiB out on the way to being closed. */
const KEEPALIVE_BYTES = 60_000

/** These end the session: what waits stays on the device until the person is signed in again. */
const SESSION_OVER: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'not-signed-in',
  'session-expired',
  'session-revoked',
  'account-disabled',
  'password-change-required',
])

/**
 * One batch over the wire. Only an answer in our own words counts: the HTML of a captive portal, a proxy's 5xx, a
 * redirect or a time-out are all "no answer", and the same ids go out again (SYNC-4).
 */
export async function sendCommands(commands: AgentCommand[], fetcher: typeof fetch = fetch): Promise<SendReply> {
  let response: Response
  let body: unknown
  try {
    response = await fetcher(PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ commands }),
      credentials: 'same-origin',
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    body = await response.json()
  } catch {
    return { kind: 'unreachable' }
  }
  if (response.ok) {
    const parsed = commandResults.safeParse(body)
    return parsed.success ? { kind: 'results', results: parsed.data.results } : { kind: 'unreachable' }
  }
  const refused = problem.safeParse(body)
  if (!refused.success) return { kind: 'unreachable' }
  const { code } = refused.data
  if (SESSION_OVER.has(code)) return { kind: 'signed-out', code }
  if (response.status >= 500 || response.status === 429) return { kind: 'unreachable', ...retryAfter(response) }
  return { kind: 'rejected', code }
}

function retryAfter(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 300) * 1000 } : {}
}

/**
 * The last word of a page that is going away (SYNC-3): as many whole commands as browsers let out, nobody waits for the
 * answer. The items stay as they are; the next start sends them again and is told `duplicate`.
 */
export function sendWhileLeaving(commands: AgentCommand[]): void {
  let body = ''
  for (let count = commands.length; count > 0; count = Math.floor(count / 2)) {
    body = JSON.stringify({ commands: commands.slice(0, count) })
    if (new TextEncoder().encode(body).length <= KEEPALIVE_BYTES) break
    body = ''
  }
  if (body === '') return
  try {
    fetch(PATH, {
      method: 'POST',
      keepalive: true,
      headers: { 'content-type': 'application/json' },
      body,
      credentials: 'same-origin',
    }).catch(() => {})
  } catch {
    navigator.sendBeacon?.(PATH, new Blob([body], { type: 'application/json' }))
  }
}
