import type { IceServer } from '#shared/protocol/ice'
import type { Outcome } from './check'
import { needsOfServers } from './ice-urls'

/** What a browser said while it looked for its addresses (W3C WebRTC, `icecandidateerror`: RFC 8656 codes, 701 unreachable). */
export type Gathered = { kinds: readonly string[]; errors: readonly number[]; isComplete: boolean }

/** RFC 8489 §14.8, RFC 8656 §18: the server answers, but not to these credentials. */
const REFUSALS = [400, 401, 403, 438, 441]
/** A server that is not there makes no error for tens of seconds. */
const PATIENCE_MS = 8_000

/** PHONE-6. A machine whose own address is public gets none beside it: then no error is as good as an answer. */
export function judgeStun(gathered: Gathered, servers: readonly IceServer[]): Outcome {
  if (gathered.kinds.includes('srflx')) return { state: 'passed', say: 'stun-answered' }
  if (gathered.isComplete && gathered.errors.length === 0) return { state: 'passed', say: 'stun-direct' }
  return { state: 'failed', say: 'stun-silent', needs: needsOfServers(servers) }
}

export function judgeRelay(gathered: Gathered, servers: readonly IceServer[]): Outcome {
  if (gathered.kinds.includes('relay')) return { state: 'passed', say: 'relay-open' }
  if (gathered.errors.some((code) => REFUSALS.includes(code))) return { state: 'failed', say: 'relay-refused' }
  return { state: 'failed', say: 'relay-closed', needs: needsOfServers(servers) }
}

/** Looks for addresses by these servers alone, until one of the kind was found. */
export function gather(servers: readonly IceServer[], kind: 'srflx' | 'relay', signal: AbortSignal): Promise<Gathered> {
  const connection = new RTCPeerConnection({
    iceServers: servers as RTCIceServer[],
    iceTransportPolicy: kind === 'relay' ? 'relay' : 'all',
  })
  const kinds: string[] = []
  const errors: number[] = []
  return new Promise<Gathered>((done) => {
    const end = (isComplete: boolean) => done({ kinds, errors, isComplete })
    const timer = setTimeout(end, PATIENCE_MS, false)
    signal.addEventListener('abort', () => end(false), { once: true })
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.type) kinds.push(candidate.type)
      if (candidate === null || candidate.type === kind) {
        clearTimeout(timer)
        end(candidate === null)
      }
    }
    connection.onicecandidateerror = ({ errorCode }) => errors.push(errorCode)
    connection.createDataChannel('check')
    connection.setLocalDescription().catch(() => end(false))
  }).finally(() => connection.close())
}

export async function checkStun(servers: readonly IceServer[], signal: AbortSignal): Promise<Outcome> {
  if (servers.length === 0) return { state: 'unset', say: 'no-stun' }
  return judgeStun(await gather(servers, 'srflx', signal), servers)
}

export async function checkRelay(servers: readonly IceServer[], signal: AbortSignal): Promise<Outcome> {
  if (servers.length === 0) return { state: 'unset', say: 'no-relay' }
  return judgeRelay(await gather(servers, 'relay', signal), servers)
}
