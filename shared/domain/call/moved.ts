/** On the BYE to who leaves by the order of another: who ordered it, and to whom the call went (SIP-4). Of the edge alone. */
export const MOVED_HEADER = 'X-Switchroom-Moved'
export type Moved = { by: string; to: string }

export const writeMoved = ({ by, to }: Moved): string => `by=${encodeURIComponent(by)};to=${encodeURIComponent(to)}`
export function readMoved(text: string): Moved | null {
  const found = /^by=([^;]+);to=([^;]+)$/.exec(text.trim())
  return found ? { by: decodeURIComponent(found[1]!), to: decodeURIComponent(found[2]!) } : null
}
