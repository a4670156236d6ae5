import { ok, refuse, type Result } from '../../result'
import { readPhone, type Numbering, type PhoneFault } from '../import/phone'
import { asciiDigits, cleanLine } from '../import/text'

const E164 = /^\+[1-9]\d{6,14}$/
const BEGINNING = /^\+[1-9]\d{0,13}\*$/

/**
 * POOL-16: one cell of a do-not-call list → the values it names: a number in E.164 (two, where a cell has two), or the
 * beginning of numbers when it ends with a star (`+90850*`). What is in E.164 already is taken as it is: a list may name
 * numbers of ranges that are not given out. Refusals as for a list of customers (IMP-3).
 */
export function readDoNotCallCell(
  text: string,
  country: string,
  numbering: Numbering,
): Result<string[], PhoneFault | 'beginning-without-country'> {
  const plain = asciiDigits(cleanLine(text))
    // an exported beginning has an apostrophe before it, so that no spreadsheet runs it
    .replace(/^'/, '')
    .replace(/[\s().\-/]/g, '')
    .replace(/^00(?=[1-9])/, '+')
  if (E164.test(plain)) return ok([plain])
  if (plain.endsWith('*')) return BEGINNING.test(plain) ? ok([plain]) : refuse('beginning-without-country')
  const read = readPhone(text, country, numbering)
  if (!read.ok) return read
  const { phone, second } = read.value
  return ok(second ? [phone, second] : [phone])
}
