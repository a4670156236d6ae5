/**
 * MediaRecorder writes webm as it goes: the length is not in it, and players cannot seek. This writes the Duration into the
 * Segment's Info (RFC 9559 §5.1.2). Anything that is not such a file is given back as it was.
 *
 *   EBML header · Segment (size unknown) · Info (size known) { TimestampScale … } · Tracks · Cluster …
 */
export function withDuration(file: Uint8Array<ArrayBuffer>, durationMs: number): Uint8Array<ArrayBuffer> {
  const header = elementAt(file, 0)
  const segment = header && header.id === EBML && header.end !== null ? elementAt(file, header.end) : null
  if (segment?.id !== SEGMENT) return file
  // a Segment of a known size would have to grow with its Info: such a file has its length already
  if (segment.end !== null) return file
  for (let at = segment.body; at < Math.min(file.length, LOOK_AT);) {
    const element = elementAt(file, at)
    if (!element || element.end === null) return file
    if (element.id === INFO) return grown(file, at, element.body, element.end, durationMs)
    at = element.end
  }
  return file
}

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const INFO = 0x1549a966
const TIMESTAMP_SCALE = 0x2ad7b1
const DURATION = 0x4489
/** The Info is in the first bytes. */
const LOOK_AT = 4096

type Element = { id: number; body: number; end: number | null }

function grown(file: Uint8Array<ArrayBuffer>, at: number, body: number, end: number, durationMs: number) {
  let scaleNs = 1_000_000
  for (let inner = body; inner < end;) {
    const element = elementAt(file, inner)
    if (!element || element.end === null) return file
    if (element.id === DURATION) return file
    if (element.id === TIMESTAMP_SCALE) scaleNs = numberAt(file, element.body, element.end)
    inner = element.end
  }
  const duration = new Uint8Array(11)
  duration.set([0x44, 0x89, 0x88])
  new DataView(duration.buffer).setFloat64(3, (durationMs * 1_000_000) / scaleNs)
  const size = end - body + duration.length
  // ID · size in eight bytes
  const head = new Uint8Array(12)
  new DataView(head.buffer).setUint32(0, INFO)
  new DataView(head.buffer).setUint32(4, 0x0100_0000)
  new DataView(head.buffer).setUint32(8, size)
  const parts = [file.subarray(0, at), head, file.subarray(body, end), duration, file.subarray(end)]
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let to = 0
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  return whole
}

/** RFC 8794 §4 and §5: a variable-size id with its marker, a variable-size length without; all ones: unknown. */
function elementAt(file: Uint8Array, at: number): Element | null {
  const idLength = widthOf(file[at])
  const sizeLength = widthOf(file[at + idLength])
  if (idLength === 0 || idLength > 4 || sizeLength === 0 || at + idLength + sizeLength > file.length) return null
  const body = at + idLength + sizeLength
  const size = numberAt(file, at + idLength, body) - 2 ** (7 * sizeLength)
  return { id: numberAt(file, at, at + idLength), body, end: size === 2 ** (7 * sizeLength) - 1 ? null : body + size }
}

const widthOf = (first: number | undefined): number => (first ? Math.clz32(first) - 23 : 0)
function numberAt(file: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 256 + file[at]!
  return value
}
