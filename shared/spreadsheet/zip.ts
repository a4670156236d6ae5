import { ok, refuse, type Result } from '../result'
import type { FileLimits, FileRefusal } from './refusal'

export type Member = { name: string; method: number; compressedSize: number; size: number; offset: number }

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER = 0x04034b50
const MAX_COMMENT = 65_535
const MAX_MEMBERS = 5_000
const STORED = 0
const DEFLATED = 8

/**
 * IMP-6, before anything is parsed: is this zip whole, unencrypted, a spreadsheet, and within bounds when unzipped? Reads
 * the central directory (APPNOTE.TXT 4.3.12, 4.3.16), whose sizes can lie; so each member is inflated and counted too, up to
 * the bound. That also finds damage over which the parser would silently lose rows.
 */
export async function checkZip(bytes: Uint8Array, limits: FileLimits): Promise<Result<true, FileRefusal>> {
  const checked = await checkDirectory(bytes, limits)
  return checked.ok ? inflatesWithin(bytes, checked.value, limits.unzippedBytes) : checked
}

/** As `checkZip`, but for members that the caller inflates and counts itself (`inflated`). */
export async function checkDirectory(bytes: Uint8Array, limits: FileLimits): Promise<Result<Member[], FileRefusal>> {
  const members = directoryOf(bytes)
  if (members === null) return refuse('file-unreadable')
  if (members === 'encrypted') return refuse('file-encrypted')
  const named = new Map(members.map((member) => [member.name.toLowerCase(), member]))
  if (!named.has('[content_types].xml') && !named.has('content.xml')) return refuse('file-unreadable')
  if (members.reduce((sum, member) => sum + member.size, 0) > limits.unzippedBytes) return refuse('file-too-large')
  if (await isSealed(bytes, named)) return refuse('file-encrypted')
  return ok(members)
}

export function directoryOf(bytes: Uint8Array): Member[] | 'encrypted' | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOfDirectory(view)
  if (end === null) return null
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (count === 0 || count > MAX_MEMBERS) return null
  const members: Member[] = []
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) return null
    if (view.getUint16(at + 8, true) & 1) return 'encrypted'
    const nameLength = view.getUint16(at + 28, true)
    members.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    })
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return members
}

function endOfDirectory(view: DataView): number | null {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - MAX_COMMENT); at -= 1) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  return null
}

/** OpenDocument says in its manifest that members are encrypted (ODF 1.3 part 2, 4.8), or hides the whole package in one. */
async function isSealed(bytes: Uint8Array, named: Map<string, Member>): Promise<boolean> {
  if (named.has('encrypted-package')) return true
  const manifest = named.get('meta-inf/manifest.xml')
  if (!manifest || !named.has('content.xml')) return false
  const text = await inflate(bytes, manifest, 1_000_000, true)
  return text.kind === 'whole' && new TextDecoder().decode(text.bytes).includes('encryption-data')
}

async function inflatesWithin(bytes: Uint8Array, members: Member[], bound: number): Promise<Result<true, FileRefusal>> {
  let total = 0
  for (const member of members) {
    const inflated = await inflate(bytes, member, bound - total, false)
    if (inflated.kind === 'broken') return refuse('file-unreadable')
    if (inflated.kind === 'past-bound') return refuse('file-too-large')
    total += inflated.size
  }
  return ok(true)
}

type Inflated = { kind: 'whole'; size: number; bytes: Uint8Array } | { kind: 'past-bound' } | { kind: 'broken' }

/** One member, counted as it comes out and left at the bound; kept only where asked for. */
async function inflate(bytes: Uint8Array, member: Member, bound: number, keep: boolean): Promise<Inflated> {
  const kept: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of inflated(bytes, member, bound)) {
      size += part.byteLength
      if (keep) kept.push(part)
    }
  } catch (fault) {
    return { kind: fault instanceof PastBound ? 'past-bound' : 'broken' }
  }
  return { kind: 'whole', size, bytes: joined(kept) }
}

/** More came out of a zip than its limits allow. */
export class PastBound extends Error {}

/** A member's bytes as they come out. Throws PastBound behind the bound, and whatever damage makes it throw. */
export async function* inflated(bytes: Uint8Array, member: Member, bound: number): AsyncGenerator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { offset, method } = member
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL_HEADER) throw new Error('no local header')
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  const data = bytes.subarray(start, start + member.compressedSize)
  if (method === STORED) {
    if (data.length > bound) throw new PastBound()
    return yield data
  }
  if (method !== DEFLATED) throw new Error('unknown compression')
  const reader = new Blob([data as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
    .getReader()
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    size += value.byteLength
    if (size > bound) {
      await reader.cancel()
      throw new PastBound()
    }
    yield value
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
