import { readFileSync, writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'

/** Sounds that are known by their pitch, so that a recording says who was heard. */
const RATE = 8_000

/** One channel of 16 bits; `bursts`: 300 ms on and 200 ms off, as a steady tone is taken for noise by browsers. */
export function writeTone(file: string, hertz: number, seconds: number, { rate = RATE, bursts = false } = {}): void {
  const samples = Math.round(seconds * rate)
  const wav = Buffer.alloc(44 + 2 * samples)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + 2 * samples, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(2 * rate, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(2 * samples, 40)
  for (let n = 0; n < samples; n++) {
    const isOn = !bursts || (n / rate) % 0.5 < 0.3
    if (isOn) wav.writeInt16LE(Math.round(14_000 * Math.sin((2 * Math.PI * hertz * n) / rate)), 44 + 2 * n)
  }
  writeFileSync(file, wav)
}

/** The samples of a recording of 16 bits, one channel; −1…1. */
export function readWav(file: string): { rate: number; samples: Float64Array } {
  const wav = readFileSync(file)
  const rate = wav.readUInt32LE(24)
  let at = 12
  while (at + 8 <= wav.length && wav.toString('latin1', at, at + 4) !== 'data') at += 8 + wav.readUInt32LE(at + 4)
  const samples = new Float64Array(Math.max(0, Math.floor((wav.length - at - 8) / 2)))
  for (let n = 0; n < samples.length; n++) samples[n] = wav.readInt16LE(at + 8 + 2 * n) / 32_768
  return { rate, samples }
}

/**
 * How much of a recording is this tone: of its windows of 50 ms, the share in which the tone carries over half of the energy
 * (Goertzel's algorithm) and is no whisper. `last`: only of so many seconds at its end.
 */
export function shareOfTone(file: string, hertz: number, { last = Infinity } = {}): { seconds: number; share: number } {
  const { rate, samples: all } = readWav(file)
  const samples = last === Infinity ? all : all.subarray(-Math.round(last * rate))
  const size = Math.round(rate / 20)
  const windows = Math.floor(samples.length / size)
  let heard = 0
  for (let w = 0; w < windows; w++) {
    const window = samples.subarray(w * size, (w + 1) * size)
    const energy = window.reduce((sum, sample) => sum + sample * sample, 0)
    if (energy / size > 1e-5 && powerAt(window, hertz / rate) > energy / 2) heard++
  }
  return { seconds: samples.length / rate, share: windows === 0 ? 0 : heard / windows }
}

/** Energy of the window at a frequency (in cycles a sample), comparable with the sum of its squares. */
function powerAt(window: Float64Array, frequency: number): number {
  const factor = 2 * Math.cos(2 * Math.PI * frequency)
  let before = 0
  let last = 0
  for (const sample of window) {
    const next = sample + factor * last - before
    before = last
    last = next
  }
  return (2 * (last * last + before * before - factor * last * before)) / window.length
}

/** How loud a pitch is in what the page plays, against what is beside it, in decibels. */
export const pitch = (desk: Page, hertz: number) =>
  desk.evaluate(async (hertz) => {
    const { connections } = globalThis as unknown as { connections: RTCPeerConnection[] }
    const track = connections.at(-1)!.getReceivers()[0]!.track
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 4096
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    await new Promise((resolve) => setTimeout(resolve, 400))
    const bins = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(bins)
    await context.close()
    const at = (f: number) => Math.max(...bins.slice(Math.round((f / context.sampleRate) * 4096) - 2).slice(0, 5))
    return at(hertz) - at(hertz * 2.7)
  }, hertz)
