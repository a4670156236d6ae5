import { dialable } from './call-progress'

/** The schemes a browser lets a web app take (HTML, registerProtocolHandler's safelist has no `callto`). */
export const LINK_SCHEMES = ['tel', 'sip'] as const
export type LinkScheme = (typeof LINK_SCHEMES)[number]

/**
 * Where a link's number is told to the desk. In the fragment: it never goes over the wire, so no log has it. `%s`: what a browser puts
 * the link in for, percent-encoded.
 */
const MARK = '#call='
export const handlerUrl = (origin: string): string => `${origin}/desk${MARK}%s`
export const deskUrl = (number: string): string => `/desk${MARK}${encodeURIComponent(number)}`

/**
 * PHONE-2: what a `tel:` (RFC 3966), `sip:` or `callto:` link names, ready for the dial pad. Parameters, hosts and headers stay behind;
 * nothing of a link is ever dialled by itself. Null: nothing that could be dialled.
 */
export function numberOfLink(link: string): string | null {
  const scheme = /^(?:tel|sips?|callto):(?:\/\/)?/i.exec(link.trim())?.[0] ?? ''
  const rest = link.trim().slice(scheme.length)
  const bare = rest.replace(/[;?].*$/s, '').replace(/@.*$/s, '')
  try {
    return dialable(decodeURIComponent(bare))
  } catch {
    return null
  }
}

/** The number in the page's fragment: undefined where there is none, null where it cannot be dialled. */
export function numberInHash(hash: string): string | null | undefined {
  if (!hash.startsWith(MARK)) return undefined
  try {
    return numberOfLink(decodeURIComponent(hash.slice(MARK.length)))
  } catch {
    return null
  }
}
