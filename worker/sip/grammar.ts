import { remembered } from './remembered'

/** The parts of RFC 3261 §25.1 that the edge acts on. Every function answers null for what does not fit; none throws. */

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/
/** display-name = *(token LWS): tokens; beyond ASCII is taken too, as phones send it. */
const TOKENS = /^[A-Za-z0-9\-.!%*_+`'~ \t\u0080-\uffff]*$/
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)$/

export const isToken = (text: string): boolean => TOKEN.test(text)

/** Splits at a separator that stands outside "…" and <…>; null when a quote or an angle is left open. */
export function splitOutside(text: string, separator: ',' | ';'): string[] | null {
  if (!text.includes(separator) && !text.includes('"') && !text.includes('<')) return [text]
  const parts: string[] = []
  let from = 0
  let quoted = false
  let angled = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '<') {
      if (angled) return null
      angled = true
    } else if (char === '>') {
      if (!angled) return null
      angled = false
    } else if (char === separator && !angled) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  if (quoted || angled) return null
  parts.push(text.slice(from))
  return parts
}

/** The values of a header that takes several. */
export const splitList: (text: string) => readonly string[] | null = remembered((text) => splitOutside(text, ','))

export type Params = ReadonlyMap<string, string>
const NO_PARAMS: Params = new Map()

/** `;name=value;flag` → lower-case names, quotes taken off. Null for an empty or nameless one (RFC 4475 badinv01). */
export function parseParams(text: string): Params | null {
  if (text.trim() === '') return NO_PARAMS
  const parts = splitOutside(text, ';')
  if (parts === null || parts[0]!.trim() !== '') return null
  const params = new Map<string, string>()
  for (const part of parts.slice(1)) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (!isToken(name)) return null
    const value = equals < 0 ? '' : part.slice(equals + 1).trim()
    params.set(name, value.startsWith('"') ? unquote(value) : value)
  }
  return params
}

function unquote(text: string): string {
  return text.slice(1, text.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, '$1')
}

/** name-addr or addr-spec with its header parameters (RFC 3261 §20.10: without <>, what follows `;` is the header's). */
export type Address = { readonly display: string | null; readonly uri: string; readonly params: Params }

export const parseAddress = remembered(readAddress)

function readAddress(text: string): Address | null {
  const value = text.trim()
  const open = openingAngle(value)
  if (open === null) return null
  if (open < 0) {
    if (value.includes('"') || value.includes('>')) return null
    const semicolon = value.indexOf(';')
    const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
    const params = parseParams(semicolon < 0 ? '' : value.slice(semicolon))
    return params && isUri(uri) ? { display: null, uri, params } : null
  }
  const close = value.indexOf('>', open)
  if (close < 0) return null
  const uri = value.slice(open + 1, close).trim()
  const params = parseParams(value.slice(close + 1).trim())
  const display = parseDisplay(value.slice(0, open).trim())
  return params && isUri(uri) && display !== undefined ? { display, uri, params } : null
}

/** Where the `<` outside quotes stands; -1: nowhere; null: a quote is left open. */
function openingAngle(value: string): number | null {
  if (!value.startsWith('"')) return value.indexOf('<')
  for (let at = 1; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === '"') return value.indexOf('<', at)
  }
  return null
}

/** Undefined: not a display name. */
function parseDisplay(text: string): string | null | undefined {
  if (text === '') return null
  if (text.startsWith('"')) return text.length > 1 && text.endsWith('"') ? unquote(text) : undefined
  return TOKENS.test(text) ? text : undefined
}

function isUri(text: string): boolean {
  const colon = text.indexOf(':')
  return colon > 0 && colon < text.length - 1 && SCHEME.test(text.slice(0, colon)) && !/[\x00-\x20<>"]/.test(text)
}

export const schemeOf = (uri: string): string | null =>
  isUri(uri) ? uri.slice(0, uri.indexOf(':')).toLowerCase() : null

export type SipUri = Readonly<{
  scheme: 'sip' | 'sips'
  user: string | null
  host: string
  port: number | null
  params: string
  headers: string
}>

/** RFC 3261 §19.1.1. The user is unescaped; parameters and headers stay as written. */
export const parseSipUri = remembered(readSipUri)

function readSipUri(text: string): SipUri | null {
  const scheme = schemeOf(text)
  if (scheme !== 'sip' && scheme !== 'sips') return null
  let rest = text.slice(scheme.length + 1)
  // `@` ends the user part, which may itself hold ; and ? (RFC 4475 semiuri, intmeth)
  const at = rest.lastIndexOf('@')
  const rawUser = at < 0 ? null : rest.slice(0, at)
  rest = rest.slice(at + 1)
  const question = rest.indexOf('?')
  const headers = question < 0 ? '' : rest.slice(question + 1)
  if (question >= 0) rest = rest.slice(0, question)
  const semicolon = rest.indexOf(';')
  const params = semicolon < 0 ? '' : rest.slice(semicolon)
  if (semicolon >= 0) rest = rest.slice(0, semicolon)
  const port = /:(\d{1,5})$/.exec(rest)
  const host = port ? rest.slice(0, port.index) : rest
  if (!HOST.test(host) || rawUser === '') return null
  const user = rawUser === null ? null : unescape(rawUser.split(':')[0]!)
  if (rawUser !== null && user === null) return null
  return { scheme, user, host, port: port ? Number(port[1]) : null, params, headers }
}

function unescape(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

export type Via = { transport: string; sentBy: string; branch: string | null }

/** RFC 3261 §20.42, with the white space it allows round the slashes. */
export function parseVia(text: string): Via | null {
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+([^;,\s]+(?:\s*:\s*\d{1,5})?)\s*(;.*)?$/is.exec(
    text.trim(),
  )
  if (!match) return null
  const params = parseParams(match[3] ?? '')
  if (!params) return null
  const branch = params.get('branch') ?? null
  // the magic cookie alone names no transaction (RFC 4475 badbranch)
  if (branch !== null && (branch === MAGIC_COOKIE || !/^\S+$/.test(branch))) return null
  return { transport: match[1]!.toUpperCase(), sentBy: match[2]!, branch }
}
/** RFC 3261 §8.1.1.7. */
export const MAGIC_COOKIE = 'z9hG4bK'

/** A display name as a quoted string, whatever it holds. */
export const quoted = (text: string): string => `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`
