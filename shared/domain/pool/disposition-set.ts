import { offered, type Disposition, type Flag } from './disposition'

/** What becomes of the customer: each disposition says exactly one of these. */
export const DECIDING = ['completed', 'do-not-call', 'unreachable', 'wrong-number', 'callback', 'retry'] as const
export type Deciding = (typeof DECIDING)[number]
/** What ends the customer's way through the pool. */
const ENDS: readonly Flag[] = ['completed', 'do-not-call', 'unreachable', 'wrong-number']

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((digit) => `Digit${digit}`)
/** KeyboardEvent.code of the keys a disposition may have: the digits, and letters that no work of the desk has. */
export const HOTKEYS: readonly string[] = [...DIGITS, ...'AFGIPQRTUVWXY'.split('').map((letter) => `Key${letter}`)]

export const MOST_DISPOSITIONS = 30
export const MOST_TAGS = 20
export const LONGEST_TAG = 40

export type DispositionProblem =
  | 'no-way-out'
  | 'too-many'
  | 'undecided'
  | 'contradicting-flags'
  | 'duplicate-code'
  | 'duplicate-hotkey'
  | 'unknown-hotkey'
  | 'label-missing'
  | 'delay-missing'
  | 'tags-invalid'
  | 'code-in-use'
/** `code`: which one; null: the set as a whole. `field`: what of it must change. */
export type SetProblem = {
  problem: DispositionProblem
  code: string | null
  field: 'code' | 'flags' | 'hotkey' | 'labels' | 'retryDelayMinutes' | 'tags' | null
  /** The other party of a conflict. */
  with?: string
}

export const decisionOf = ({ flags }: Pick<Disposition, 'flags'>): Deciding | null =>
  DECIDING.find((flag) => flags.includes(flag)) ?? null

/**
 * POOL-10: whether a pool can work with this set. At least one way out; one decision each and no flags that contradict it;
 * codes once, keys once among those offered and only such as the desk does not use itself; a code that attempts were
 * booked with (`used`) stays, retired at least. Empty: it can.
 */
export function problemsOf(set: readonly Disposition[], used: ReadonlySet<string>): SetProblem[] {
  const live = offered(set)
  const problems: SetProblem[] = []
  if (!live.some(({ flags }) => flags.some((flag) => ENDS.includes(flag))))
    problems.push({ problem: 'no-way-out', code: null, field: null })
  if (live.length > MOST_DISPOSITIONS) problems.push({ problem: 'too-many', code: null, field: null })
  const known = new Set(set.map(({ code }) => code))
  for (const code of used) if (!known.has(code)) problems.push({ problem: 'code-in-use', code, field: 'code' })
  for (const [at, one] of set.entries()) {
    if (set.findIndex(({ code }) => code === one.code) < at)
      problems.push({ problem: 'duplicate-code', code: one.code, field: 'code' })
    if (!one.retired) problems.push(...keyProblems(one, live), ...ownProblems(one))
  }
  return problems
}

function keyProblems({ code, hotkey }: Disposition, live: readonly Disposition[]): SetProblem[] {
  if (hotkey === null) return []
  if (!HOTKEYS.includes(hotkey)) return [{ problem: 'unknown-hotkey', code, field: 'hotkey' }]
  const other = live.find((one) => one.hotkey === hotkey && one.code !== code)
  return other ? [{ problem: 'duplicate-hotkey', code, field: 'hotkey', with: other.code }] : []
}

function ownProblems(one: Disposition): SetProblem[] {
  const { code, flags, tags } = one
  const found = (problem: DispositionProblem, field: SetProblem['field']): SetProblem => ({ problem, code, field })
  const problems: SetProblem[] = []
  const decides = DECIDING.filter((flag) => flags.includes(flag))
  if (decides.length === 0) problems.push(found('undecided', 'flags'))
  if (decides.length > 1 || contradicts(one)) problems.push(found('contradicting-flags', 'flags'))
  if (Object.values(one.labels).some((label) => label.trim() === '')) problems.push(found('label-missing', 'labels'))
  if (waits(one) && one.retryDelayMinutes === null) problems.push(found('delay-missing', 'retryDelayMinutes'))
  const isWrong = (tag: string, at: number) => tag.trim() === '' || tag.length > LONGEST_TAG || tags.indexOf(tag) !== at
  if (tags.length > MOST_TAGS || tags.some(isWrong)) problems.push(found('tags-invalid', 'tags'))
  return problems
}

/** Waits its delay: a retry, or a promised call that may go without a time. */
export const waits = (one: Pick<Disposition, 'flags' | 'callbackTimeRequired'>): boolean =>
  one.flags.includes('retry') || (one.flags.includes('callback') && !one.callbackTimeRequired)

/** Nobody is won or spoken to where no one was reached; a time is promised only where a call is. */
function contradicts({ flags, callbackTimeRequired }: Disposition): boolean {
  const has = (flag: Flag) => flags.includes(flag)
  const isOut = has('unreachable') || has('wrong-number')
  if (has('positive') && (!has('reached') || isOut || has('do-not-call'))) return true
  if (has('unreachable') && has('reached')) return true
  return callbackTimeRequired && !has('callback')
}

/** One taken off the set: gone where no attempt names it, else retired and without its key. */
export function without(set: readonly Disposition[], code: string, used: ReadonlySet<string>): Disposition[] {
  if (!used.has(code)) return set.filter((one) => one.code !== code)
  return set.map((one) => (one.code === code ? { ...one, retired: true, hotkey: null } : one))
}

/** Begins again from a preset; what attempts name and the preset does not know goes on, retired, behind it. */
export function startFrom(
  preset: readonly Disposition[],
  set: readonly Disposition[],
  used: ReadonlySet<string>,
): Disposition[] {
  const codes = new Set(preset.map(({ code }) => code))
  const kept = set.filter(({ code }) => used.has(code) && !codes.has(code))
  return [...preset, ...kept.map((one) => ({ ...one, retired: true, hotkey: null }))]
}

/** The one moved to another place; retired ones keep theirs at the end. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  const [one] = next.splice(from, 1)
  if (one === undefined) return next
  next.splice(Math.max(0, Math.min(to, next.length)), 0, one)
  return next
}

/** A code for a new one from its name: `Wants a quote!` → `wants-a-quote`, numbered while it is taken. */
export function codeFrom(label: string, taken: ReadonlySet<string>, nameless = 'disposition'): string {
  const plain = label
    .toLowerCase()
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replace(/^-+|-+$/g, '')
  const stem = plain === '' ? nameless : /^[a-z]/.test(plain) ? plain : `d-${plain}`
  for (let n = 1; ; n++) {
    const code = n === 1 ? stem : `${stem}-${n}`
    if (!taken.has(code)) return code
  }
}
