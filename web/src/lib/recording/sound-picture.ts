import { peakByte, PEAKS_PER_SECOND } from '#shared/domain/recording/peaks'

/** Enough for where somebody speaks; an hour of two channels is 86 MB while it is looked at. */
const LOOKED_AT_HZ = 3_000

/** The picture of a file that was attached, made once at its first playing. Null: this browser cannot read it. */
export async function pictureOf(
  sound: Blob,
): Promise<{ peaks: Uint8Array; durationMs: number; channels: number } | null> {
  try {
    const context = new OfflineAudioContext(2, 1, LOOKED_AT_HZ)
    const buffer = await context.decodeAudioData(await sound.arrayBuffer())
    const channels = Math.min(2, buffer.numberOfChannels)
    const frame = LOOKED_AT_HZ / PEAKS_PER_SECOND
    const frames = Math.ceil(buffer.length / frame)
    const peaks = new Uint8Array(frames * 2)
    for (let channel = 0; channel < 2; channel++) {
      const samples = buffer.getChannelData(Math.min(channel, channels - 1))
      for (let at = 0; at < frames; at++) {
        let loudest = 0
        for (const sample of samples.subarray(at * frame, (at + 1) * frame))
          loudest = Math.max(loudest, Math.abs(sample))
        peaks[at * 2 + channel] = peakByte(loudest)
      }
    }
    return { peaks, durationMs: Math.round(buffer.duration * 1000), channels }
  } catch {
    return null
  }
}
