import { MAX_MESSAGE_BYTES } from '../message'

/**
 * SIP messages in a stream of bytes (RFC 3261 §18.3): over TCP and TLS a message ends where its Content-Length says, and empty lines
 * before one are nothing (§7.5), or a keep-alive: two together ask, one answers (RFC 5626 §4.4.1).
 *
 *   bytes ─▶ [empty lines] [head …\r\n\r\n] [body of Content-Length] ─▶ message      no length, or too much: the stream is lost
 */
export type Framing = {
  rest: Uint8Array
  /** Up to where the end of the head was looked for. */
  searched: number
  /** An empty line that may be half of a ping. */
  isHalf: boolean
}
export type Frame = { kind: 'message'; text: string } | { kind: 'ping' }
export type Fed = {
  framing: Framing
  frames: Frame[]
  /** Empty lines that came: whoever waits for the answer to a ping has it. */
  empties: number
  /** Where the next message begins cannot be known any more: the connection is closed (§18.3). */
  lost: 'no-length' | 'too-large' | null
}

export const newFraming = (): Framing => ({ rest: new Uint8Array(0), searched: 0, isHalf: false })

const CR = 13
const LF = 10
/** A head and a body, each as large as a message may be. */
const MOST_BYTES = 2 * MAX_MESSAGE_BYTES
const decoder = new TextDecoder()

/** What these bytes complete, in order. However a stream is cut into pieces, the frames are the same. */
export function feed({ rest, searched, isHalf }: Framing, bytes: Uint8Array): Fed {
  const all = rest.length === 0 ? bytes : joined(rest, bytes)
  const frames: Frame[] = []
  let [at, empties] = [0, 0]
  const wait = (upTo: number): Fed => {
    const framing = { rest: all.slice(at), searched: upTo, isHalf }
    return { framing, frames, empties, lost: framing.rest.length > MOST_BYTES ? 'too-large' : null }
  }
  for (;;) {
    while (all[at] === CR && all[at + 1] === LF) {
      at += 2
      searched = 0
      empties++
      if (isHalf) frames.push({ kind: 'ping' })
      isHalf = !isHalf
    }
    const left = all.length - at
    if (left === 0 || (left === 1 && all[at] === CR)) return wait(0)
    isHalf = false
    const end = headEnd(all, at + Math.max(0, searched - 3))
    if (end < 0) return wait(left)
    const length = contentLength(decoder.decode(all.subarray(at, end)))
    if (length === null) return { framing: newFraming(), frames, empties, lost: 'no-length' }
    if (end - at + length > MOST_BYTES) return { framing: newFraming(), frames, empties, lost: 'too-large' }
    if (end + length > all.length) return wait(end - at - 1)
    frames.push({ kind: 'message', text: decoder.decode(all.subarray(at, end + length)) })
    at = end + length
    searched = 0
  }
}

/** Behind the empty line that ends the head; -1: it is not there yet. */
function headEnd(all: Uint8Array, from: number): number {
  for (let at = from; at + 3 < all.length; at++)
    if (all[at] === CR && all[at + 1] === LF && all[at + 2] === CR && all[at + 3] === LF) return at + 4
  return -1
}

/** RFC 3261 §20.14, §7.3.3 (`l`). Null: none, or none that can be believed. */
function contentLength(head: string): number | null {
  const lengths = [...head.matchAll(/^(?:content-length|l)[ \t]*:[ \t]*(\S*)[ \t]*\r?$/gim)].map((match) => match[1]!)
  if (lengths.length === 0 || new Set(lengths).size > 1 || !/^\d{1,9}$/.test(lengths[0]!)) return null
  return Number(lengths[0])
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
