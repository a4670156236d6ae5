import { asciiDigits } from '../import/text'
import type { EntryState } from './entry'

/** POOL-24: which entries of a pool are meant. What is not said does not narrow; all that is said must hold. */
export type EntryFilter = {
  /** Any of them. */
  states?: EntryState[]
  /** A user's id, or nobody's, or anybody's. */
  owner?: string | typeof NOBODY | typeof ANYBODY
  priorityFrom?: number
  priorityTo?: number
  /** Since it came in or was last reopened: what the limit of POOL-11 counts. */
  attemptsFrom?: number
  attemptsTo?: number
  /** Any of these codes. */
  lastDispositions?: string[]
  /** Any of them. */
  tags?: string[]
  /** The import that had it in its list ("the October file"). */
  importId?: string
  callback?: 'promised' | 'due' | 'later' | 'none'
  /** Whose the promised call is; nobody: anyone's. */
  callbackFor?: string | typeof NOBODY
  /** Owned by this user, or promised to them. */
  concerns?: string
  /** Part of a name, user code or number. */
  text?: string
}
export const NOBODY = 'nobody'
export const ANYBODY = 'anybody'

export const ENTRY_SORTS = ['arrival', 'name', 'priority', 'attempts', 'due'] as const
export type EntrySort = { by: (typeof ENTRY_SORTS)[number]; descending: boolean }

/** Letters as a search meets them: no case, no accents; I, İ, ı and i are one, and so are the forms of alif, ha and ya. */
export function folded(text: string): string {
  return asciiDigits(text)
    .replace(/[İIı]/g, 'i')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{M}\u0640]/gu, '')
    .replace(/ة/g, 'ه')
    .replace(/[ىی]/g, 'ي')
    .replace(/\s+/g, ' ')
    .trim()
}

/** What a search looks through: name first, so that it is also the order by name. */
export function searchable(card: { name: string | null; userCode: string | null }, phone: string): string {
  return `${folded(card.name ?? '')} ${folded(card.userCode ?? '')} ${phone.replace(/\D/g, '')}`
}

/** The parts of which one must be found: the text itself, or its digits where it is written like a number. */
export function needles(text: string): string[] {
  const plain = folded(text)
  const digits = asciiDigits(text).replace(/\D/g, '').replace(/^0+/, '')
  const isNumber = digits.length >= 3 && !/\p{L}/u.test(text)
  return isNumber && digits !== plain ? [plain, digits] : [plain]
}
