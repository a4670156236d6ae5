import { addSample, summaryOf, type LegQuality, type QualitySum } from '#shared/domain/quality/summary'
import { readStats } from '../phone/media-stats'
import type { MediaStats } from '../phone/phone'
import { sampleOf } from '../phone/quality'
import type { Way } from './check'

/** PHONE-6: how long a loop-back call is listened to, in seconds. */
export const MEASURED_SECONDS = 8
const CONNECTS_WITHIN_MS = 10_000

/** `quality` null: nothing could be measured. */
export type Measured = { quality: LegQuality | null; way: Way }

type Report = Record<string, unknown>

/** By which kind of address the sound left (RFC 8445 candidate types). */
export function wayOf(report: readonly Report[]): Way {
  const pair = report.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
  )
  const local = report.find(({ type, id }) => type === 'local-candidate' && id === pair?.localCandidateId)
  return local?.candidateType === 'relay' ? 'relay' : 'direct'
}

/** Resolves to whether the two ends found each other. */
export function isConnected(connection: RTCPeerConnection, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      if (connection.connectionState === 'connected') resolve(true)
      else if (['failed', 'closed'].includes(connection.connectionState)) resolve(false)
    }
    connection.addEventListener('connectionstatechange', look)
    signal.addEventListener('abort', () => resolve(false), { once: true })
    setTimeout(resolve, CONNECTS_WITHIN_MS, false)
    look()
  })
}

/** A second at a time, as a call is measured (PHONE-7). `told` hears how much is done, 0…1. */
export async function measure(
  connection: Pick<RTCPeerConnection, 'getStats' | 'connectionState'>,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<Measured> {
  let before: MediaStats | null = null
  let sum: QualitySum | null = null
  let way: Way = 'direct'
  for (let second = 0; second <= MEASURED_SECONDS && !signal.aborted; second++) {
    const report: Report[] = []
    ;(await connection.getStats()).forEach((entry: Report) => report.push(entry))
    const now = readStats(report, connection.connectionState)
    const sample = sampleOf(before, now)
    if (sample) sum = addSample(sum, sample)
    before = now
    way = wayOf(report)
    told(second / MEASURED_SECONDS)
    if (second < MEASURED_SECONDS) await new Promise((later) => setTimeout(later, 1_000))
  }
  return { quality: summaryOf(sum), way }
}
