// Runs on the audio thread: the loudest sample of each tenth of a second, of each channel (PHONE-11: the recording's picture).
class PeakMeter extends AudioWorkletProcessor {
  constructor() {
    super()
    this.left = 0
    this.right = 0
    this.seen = 0
  }

  process([input]) {
    const [left, right] = input ?? []
    for (let at = 0; at < (left?.length ?? 128); at++) {
      this.left = Math.max(this.left, Math.abs(left?.[at] ?? 0))
      this.right = Math.max(this.right, Math.abs(right?.[at] ?? 0))
    }
    this.seen += 128
    if (this.seen >= sampleRate / 10) {
      this.port.postMessage([this.left, this.right])
      this.left = this.right = 0
      this.seen -= sampleRate / 10
    }
    return true
  }
}
registerProcessor('peak-meter', PeakMeter)
