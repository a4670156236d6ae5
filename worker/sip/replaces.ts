import type { SipRequest } from './message'
import { parseAddress, parseParams, parseSipUri } from './grammar'

/** RFC 3891 §6.1. `toTag` is ours, `fromTag` the phone's, as the one who gets it sees the dialog. */
export type Replaces = { callId: string; toTag: string; fromTag: string; earlyOnly: boolean }

/** Null: it does not fit the grammar, or lacks a tag. */
export function parseReplaces(text: string): Replaces | null {
  const semicolon = text.indexOf(';')
  if (semicolon < 1) return null
  const callId = text.slice(0, semicolon).trim()
  const params = parseParams(text.slice(semicolon))
  const [toTag, fromTag] = [params?.get('to-tag'), params?.get('from-tag')]
  if (!toTag || !fromTag || !/^[^\s,<>"]{1,256}$/.test(callId)) return null
  return { callId, toTag, fromTag, earlyOnly: params!.has('early-only') }
}

/** What an INVITE outside any dialog says it takes the place of; null: nothing; undefined: malformed (400). */
export function replacesOf(request: SipRequest): Replaces | null | undefined {
  const [value, ...more] = request.all('replaces')
  if (value === undefined) return null
  return more.length > 0 ? undefined : (parseReplaces(value) ?? undefined)
}

/** RFC 3515 §2.1: whom to call, and for an attended transfer the dialog to take the place of (RFC 5589 §7.1). Null: malformed. */
export function parseReferTo(text: string | null): { user: string; replaces: Replaces | null } | null {
  const uri = text === null ? null : parseSipUri(parseAddress(text)?.uri ?? '')
  if (!uri?.user) return null
  const headers = uri.headers.split('&').map((pair) => pair.split('=', 2) as [string, string?])
  const [, escaped] = headers.find(([name]) => name.toLowerCase() === 'replaces') ?? []
  if (escaped === undefined) return { user: uri.user, replaces: null }
  const replaces = parseReplaces(unescaped(escaped))
  return replaces && { user: uri.user, replaces }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
