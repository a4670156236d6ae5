import type { MediaStats } from './phone'

/** PHONE-7: the few figures of getStats that a call is judged by. Pure over the report, so that it can be tested. */
export function readStats(report: Iterable<Record<string, unknown>>, connection: RTCPeerConnectionState): MediaStats {
  const stats: MediaStats = {
    packetsSent: 0,
    packetsReceived: 0,
    packetsLost: 0,
    jitter: null,
    roundTrip: null,
    bufferDelay: null,
    energyReceived: 0,
    energySent: 0,
    connection,
  }
  const codecs = new Map<unknown, unknown>()
  let codecId: unknown
  for (const entry of report) {
    if (entry.type === 'codec') codecs.set(entry.id, entry.mimeType)
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      stats.packetsReceived += number(entry.packetsReceived) ?? 0
      stats.packetsLost += number(entry.packetsLost) ?? 0
      stats.jitter = number(entry.jitter)
      const gaps = number(entry.concealmentEvents)
      if (gaps !== null) stats.gaps = gaps
      codecId = entry.codecId
      stats.energyReceived += number(entry.totalAudioEnergy) ?? 0
      const emitted = number(entry.jitterBufferEmittedCount)
      const delay = number(entry.jitterBufferDelay)
      stats.bufferDelay = emitted !== null && emitted > 0 && delay !== null ? delay / emitted : null
    } else if (entry.type === 'outbound-rtp' && entry.kind === 'audio')
      stats.packetsSent += number(entry.packetsSent) ?? 0
    else if (entry.type === 'media-source' && entry.kind === 'audio')
      stats.energySent += number(entry.totalAudioEnergy) ?? 0
    else if (entry.type === 'candidate-pair' && entry.state === 'succeeded' && entry.nominated === true)
      stats.roundTrip = number(entry.currentRoundTripTime) ?? stats.roundTrip
  }
  const codec = codecId === undefined ? undefined : codecs.get(codecId)
  if (typeof codec === 'string') stats.codec = codec
  return stats
}

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
