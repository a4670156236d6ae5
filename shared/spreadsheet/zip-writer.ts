/** A zip written as it is made (APPNOTE.TXT 4.3): each member deflated, its sizes in a data descriptor behind it. */
export type ZipMember = { name: string; parts: AsyncIterable<string> | Iterable<string> }

type Written = { name: Uint8Array; crc: number; compressedSize: number; size: number; offset: number }

/** Bit 3: sizes follow the data; bit 11: names are UTF-8. */
const FLAGS = 0x0808
const DEFLATED = 8
/** 1980-01-01, the zero of a zip's clock: the same rows give the same bytes. */
const DATE = 0x21

export async function* zip(members: Iterable<ZipMember>): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let offset = 0
  for (const member of members) {
    const name = new TextEncoder().encode(member.name)
    const entry: Written = { name, crc: 0, compressedSize: 0, size: 0, offset }
    const header = bytesOf(0x04034b50, [20, FLAGS, DEFLATED, 0, DATE], [0, 0, 0], [name.length, 0], name)
    offset += header.length
    yield header
    for await (const part of deflated(member.parts, entry)) {
      entry.compressedSize += part.length
      offset += part.length
      yield part
    }
    const descriptor = bytesOf(0x08074b50, [], [entry.crc, entry.compressedSize, entry.size], [])
    offset += descriptor.length
    yield descriptor
    written.push(entry)
  }
  yield* directory(written, offset)
}

async function* deflated(parts: ZipMember['parts'], entry: Written): AsyncGenerator<Uint8Array> {
  const squeeze = new CompressionStream('deflate-raw')
  const fed = feed(squeeze.writable, parts, entry)
  const reader = (squeeze.readable as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    yield value
  }
  await fed
}

async function feed(writable: WritableStream<BufferSource>, parts: ZipMember['parts'], entry: Written): Promise<void> {
  const writer = writable.getWriter()
  const encoder = new TextEncoder()
  let crc = 0xffffffff
  try {
    for await (const part of parts) {
      const bytes = encoder.encode(part)
      entry.size += bytes.length
      crc = crc32(crc, bytes)
      await writer.write(bytes)
    }
    entry.crc = (crc ^ 0xffffffff) >>> 0
    await writer.close()
  } catch (fault) {
    await writer.abort(fault).catch(() => {})
    throw fault
  }
}

function* directory(written: Written[], start: number): Generator<Uint8Array> {
  let size = 0
  for (const { name, crc, compressedSize, size: whole, offset } of written) {
    const entry = bytesOf(
      0x02014b50,
      [20, 20, FLAGS, DEFLATED, 0, DATE],
      [crc, compressedSize, whole],
      [name.length, 0, 0, 0, 0, 0, 0],
      u32(offset),
      name,
    )
    size += entry.length
    yield entry
  }
  yield bytesOf(0x06054b50, [0, 0, written.length, written.length], [size, start], [0])
}

/** A signature, 16-bit fields, 32-bit fields, 16-bit fields, and bytes as they are; little endian. */
function bytesOf(
  signature: number,
  shorts: number[],
  longs: number[],
  more: number[],
  ...raw: Uint8Array[]
): Uint8Array {
  const fixed = 4 + shorts.length * 2 + longs.length * 4 + more.length * 2
  const bytes = new Uint8Array(fixed + raw.reduce((sum, part) => sum + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 4
  view.setUint32(0, signature, true)
  for (const value of shorts) view.setUint16((at += 2) - 2, value, true)
  for (const value of longs) view.setUint32((at += 4) - 4, value, true)
  for (const value of more) view.setUint16((at += 2) - 2, value, true)
  for (const part of raw) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})
function crc32(crc: number, bytes: Uint8Array): number {
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return crc
}
