/**
 * The E-model (ITU-T G.107) with its default parameters, for a connection whose echo is cancelled:
 * R = 93.2 − Id − Ie,eff, of which only delay, loss and codec are left. It knows no jitter: jitter counts as the delay of the
 * buffer that takes it away and as the packets that came too late.
 */
export const R_MOST = 93.2

/**
 * Equipment impairment factor and packet-loss robustness (ITU-T G.113 Appendix I). Opus stands in no table: it is taken as G.711 with
 * concealment, which it is no worse than.
 */
export const CODECS = {
  opus: { ie: 0, bpl: 25.1 },
  pcmu: { ie: 0, bpl: 25.1 },
  pcma: { ie: 0, bpl: 25.1 },
  /** Without concealment. */
  'g711-bare': { ie: 0, bpl: 4.3 },
  'g729a-vad': { ie: 11, bpl: 19 },
  'gsm-efr': { ie: 5, bpl: 10 },
} as const
export type Codec = keyof typeof CODECS

/** A codec as getStats names it (`audio/opus`); what is not known is taken as Opus. */
export function codecOf(mimeType: string | null): Codec {
  const name = (mimeType ?? '').toLowerCase().replace(/^audio\//, '')
  return name === 'pcmu' || name === 'pcma' ? name : 'opus'
}

/** Id of a one-way delay in ms (Cole and Rosenbluth's reading of G.107 §7.4, which is exact to 0.6 below 400 ms). */
export function delayImpairment(delayMs: number): number {
  return 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0)
}

/** Ie,eff (G.107 §7.5, 7-29). `loss` 0…1; `burstRatio` 1: lost at random. */
export function lossImpairment(loss: number, codec: Codec = 'opus', burstRatio = 1): number {
  const { ie, bpl } = CODECS[codec]
  const percent = Math.min(1, Math.max(0, loss)) * 100
  return percent === 0 ? ie : ie + ((95 - ie) * percent) / (percent / Math.max(1, burstRatio) + bpl)
}

/**
 * BurstR (G.107 §7.5): the mean length of what was lost in a row, over what it would be at random. `gaps`: how many times in a row
 * something was lost.
 */
export function burstRatioOf(lost: number, gaps: number, loss: number): number {
  if (lost <= 0 || gaps <= 0 || loss >= 1) return 1
  return Math.max(1, Math.min(8, (lost / gaps) * (1 - loss)))
}

export type Impairments = { delayMs: number; loss: number; codec?: Codec; burstRatio?: number }
/** 0…93.2. */
export function ratingOf({ delayMs, loss, codec = 'opus', burstRatio = 1 }: Impairments): number {
  const r = R_MOST - delayImpairment(delayMs) - lossImpairment(loss, codec, burstRatio)
  return Math.max(0, Math.min(R_MOST, r))
}

/** Mean opinion score, 1…4.5 (G.107 Annex B). */
export function mosOfRating(r: number): number {
  if (r <= 0) return 1
  if (r >= 100) return 4.5
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
}

export const mosOf = (impairments: Impairments): number => mosOfRating(ratingOf(impairments))
