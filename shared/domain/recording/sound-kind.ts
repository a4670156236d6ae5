/** Kinds of sound that are kept (PHONE-11): what may be attached, and what browsers record. */
export type SoundKind = 'mp3' | 'm4a' | 'wav' | 'ogg' | 'webm'
export const ATTACHABLE: readonly SoundKind[] = ['mp3', 'm4a', 'wav', 'ogg']
/** 50 MB. */
export const LARGEST_FILE = 50 * 1024 * 1024

export const MIME_TYPES: Record<SoundKind, string> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  webm: 'audio/webm',
}

/**
 * What a file is by its first bytes, whatever its name says; null: nothing that is kept. Looks at 16 bytes.
 *
 * RIFF/WAVE; Ogg (RFC 3533 §6); ISO base media `ftyp` with a brand of sound (ISO 14496-12 §4.3); EBML (RFC 8794 §11.2.1);
 * ID3v2 or a frame header of MPEG audio layer III (ISO 11172-3 §2.4.2.3).
 */
export function soundKindOf(head: Uint8Array): SoundKind | null {
  const text = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to))
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WAVE') return 'wav'
  if (text(0, 4) === 'OggS' && head[4] === 0) return 'ogg'
  if (text(4, 8) === 'ftyp' && /^(?:M4A |M4B |mp4[12]|isom|iso[2-9]|dash|MSNV)$/.test(text(8, 12))) return 'm4a'
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return 'webm'
  if (text(0, 3) === 'ID3' && (head[3] ?? 255) < 5 && head.length >= 10) return 'mp3'
  return isMp3Frame(head) ? 'mp3' : null
}

function isMp3Frame([sync, version, rates]: Uint8Array): boolean {
  if (sync !== 0xff || version === undefined || rates === undefined) return false
  const isSynced = (version & 0xe0) === 0xe0 && (version & 0x18) !== 0x08
  const isLayer3 = (version & 0x06) === 0x02
  const bitRate = rates >> 4
  return isSynced && isLayer3 && bitRate > 0 && bitRate < 15 && (rates & 0x0c) !== 0x0c
}
