/**
 * How loud a recording is, for its picture and for skipping silence: `RATE` times a second one byte a channel, agent first.
 * 255 is full scale; the scale is the square root of the amplitude, so that a quiet voice shows.
 */
export const PEAKS_PER_SECOND = 10
export const PEAK_CHANNELS = 2

export const peakByte = (amplitude: number): number => Math.round(Math.sqrt(Math.min(1, Math.max(0, amplitude))) * 255)

/** Quieter than this is silence: 1 % of full scale, −40 dB. */
export const SILENT_BELOW = peakByte(0.01)
/** A pause of a talk is no silence; what is left on both sides of a skipped one is breath. */
export const SILENCE_MS = 1_500
const KEPT_MS = 300

export type Stretch = { fromMs: number; toMs: number }

/** Where nobody speaks for `SILENCE_MS` or more: what a listener who skips silence is spared. */
export function silentStretches(peaks: Uint8Array, perSecond = PEAKS_PER_SECOND): Stretch[] {
  const found: Stretch[] = []
  const frames = Math.floor(peaks.length / PEAK_CHANNELS)
  const ms = 1000 / perSecond
  let since: number | null = null
  for (let at = 0; at <= frames; at++) {
    const isSilent =
      at < frames && peaks[at * PEAK_CHANNELS]! < SILENT_BELOW && peaks[at * PEAK_CHANNELS + 1]! < SILENT_BELOW
    if (isSilent) since ??= at
    else if (since !== null) {
      if ((at - since) * ms >= SILENCE_MS) found.push({ fromMs: since * ms + KEPT_MS, toMs: at * ms - KEPT_MS })
      since = null
    }
  }
  return found
}

/** Where to go on from `atMs`: behind a silence, or where one is. */
export function skipFrom(stretches: readonly Stretch[], atMs: number): number {
  const inside = stretches.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs - 50)
  return inside ? inside.toMs : atMs
}

/** One channel as `width` bars, each its loudest moment. */
export function barsOf(peaks: Uint8Array, channel: number, width: number): number[] {
  const frames = Math.floor(peaks.length / PEAK_CHANNELS)
  return Array.from({ length: Math.max(0, width) }, (_, bar) => {
    const from = Math.floor((bar * frames) / width)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * frames) / width))
    let loudest = 0
    for (let at = from; at < to && at < frames; at++)
      loudest = Math.max(loudest, peaks[at * PEAK_CHANNELS + channel] ?? 0)
    return loudest / 255
  })
}
