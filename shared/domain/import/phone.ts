import { refuse, ok, type Result } from '../../result'
import { asciiDigits, cleanLine } from './text'

/** What a numbering plan says of one number. `possible`: the right length; `assigned`: in a range that is given out. */
export type ReadNumber = { e164: string; possible: boolean; assigned: boolean }
/** The numbering plans (libphonenumber at the edge), so that the rules here need no metadata. */
export type Numbering = (text: string, country: string) => ReadNumber | null

export type PhoneFault = 'phone-missing' | 'phone-invalid' | 'phone-rounded' | 'phone-short'
/** `second`: another number that stood in the same cell, E.164. */
export type ReadPhone = { phone: string; assigned: boolean; second: string | null }

/** Between two numbers in one cell. The whole is tried first; `0212 555 01 23/12` is possible as a whole but given out only in part. */
const SEPARATOR = /\s*(?:[/;|,\n،؛&\\]|\s(?:veya|ya da|ve|or|and|o|y|أو|او|و)\s)\s*/iu
/** `dahili 12` and its like: libphonenumber knows `ext.` and `x`. */
const EXTENSION = /\s*(?:dahili|dah\.?|iç hat|int(?:erno)?\.?|تحويلة)\s*:?\s*\d{1,6}$/iu
const ROUNDED = /^[+-]?\d+(?:[.,]\d+)?e\s?\+?\d+$/i
/** 112, 444 1444 without its area, 5-digit text services: six digits and less are no subscriber number. */
const SHORT_DIGITS = 6

/**
 * IMP-3. A cell's text as one phone number, or the first and second of two, with the pool's country for numbers given
 * without one. Refusals: nothing there; rounded by the spreadsheet (`5,32E+09`: the digits are gone); a short service
 * number; or not *possible* in any reading.
 */
export function readPhone(text: string, country: string, numbering: Numbering): Result<ReadPhone, PhoneFault> {
  const line = cleanLine(asciiDigits(text))
  if (line === '') return refuse('phone-missing')
  if (ROUNDED.test(line)) return refuse('phone-rounded')
  const whole = readOne(line, country, numbering)
  if (whole?.assigned) return ok({ phone: whole.e164, assigned: true, second: null })
  const [first, second] = partsOf(text, line, country, numbering)
  if (whole && !first?.assigned) return ok({ phone: whole.e164, assigned: false, second: null })
  if (first) {
    return ok({
      phone: first.e164,
      assigned: first.assigned,
      second: second && second.e164 !== first.e164 ? second.e164 : null,
    })
  }
  const digits = line.replace(/\D/g, '').length
  return refuse(digits > 0 && digits <= SHORT_DIGITS && !/^(?:\+|00)/.test(line) ? 'phone-short' : 'phone-invalid')
}

/** A number in itself. `00` before a country's code is how a telephone dials the plus; `.0` is a number cell gone to text. */
function readOne(text: string, country: string, numbering: Numbering): ReadNumber | null {
  const dialled = text
    .replace(EXTENSION, '')
    .replace(/^(\d+)\.0+$/, '$1')
    .replace(/^[^\d+]*00(?=[\s()-]*[1-9])/, '+')
  const digits = dialled.replace(/\D/g, '').length
  if (digits > 20) return null
  const read = numbering(dialled, country)
  if (!read?.possible) return null
  return digits <= SHORT_DIGITS && !dialled.startsWith('+') && !read.assigned ? null : read
}

function partsOf(text: string, line: string, country: string, numbering: Numbering): ReadNumber[] {
  const read = (parts: string[]) =>
    parts.map((part) => readOne(part, country, numbering)).filter((number) => number !== null)
  const separated = asciiDigits(text)
    .split(SEPARATOR)
    .map(cleanLine)
    .filter((part) => part !== '')
  if (separated.length > 1 && separated.length <= 10) return read(separated)
  return atGap(line, read)
}

/** `0532 111 22 33 0532 444 55 66`: two numbers with nothing but a gap between; only where both sides are whole numbers. */
function atGap(line: string, read: (parts: string[]) => ReadNumber[]): ReadNumber[] {
  const words = line.split(' ')
  if (words.length > 12 || line.replace(/\D/g, '').length < 14) return []
  for (let gap = 1; gap < words.length; gap += 1) {
    const both = read([words.slice(0, gap).join(' '), words.slice(gap).join(' ')])
    if (both.length === 2) return both
  }
  return []
}
