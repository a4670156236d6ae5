import { audioContext } from '$lib/phone/microphone'

/** Two soft notes, once; unheard before anybody has pressed anything on the page, as browsers want it. */
export function chime(): void {
  const context = audioContext()
  if (context.state !== 'running') return
  const notes = [659.25, 880]
  notes.forEach((hertz, at) => {
    const start = context.currentTime + at * 0.18
    const oscillator = context.createOscillator()
    const gain = context.createGain()
    oscillator.frequency.value = hertz
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(0.08, start + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.0005, start + 0.6)
    oscillator.connect(gain).connect(context.destination)
    oscillator.start(start)
    oscillator.stop(start + 0.7)
    oscillator.onended = () => gain.disconnect()
  })
}
