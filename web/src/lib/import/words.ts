import { isolated } from '$lib/i18n/isolated'
import Ban from '@lucide/svelte/icons/ban'
import Check from '@lucide/svelte/icons/check'
import CircleX from '@lucide/svelte/icons/circle-x'
import Copy from '@lucide/svelte/icons/copy'
import Lock from '@lucide/svelte/icons/lock'
import Pencil from '@lucide/svelte/icons/pencil'
import Plus from '@lucide/svelte/icons/plus'
import RotateCcw from '@lucide/svelte/icons/rotate-ccw'
import UserPlus from '@lucide/svelte/icons/user-plus'
import Users from '@lucide/svelte/icons/users'
import type { Component } from 'svelte'
import type { Match } from '#shared/domain/import/columns'
import type { ImportView, RowReason, RowVerdict, RowWarning, Verdict } from '#shared/protocol/imports'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'

/** Verdicts as the dry run shows them, in its order (IMP-4). `held`: the row is not taken. */
export const VERDICT_LOOKS: readonly {
  verdict: Verdict
  hue: Hue
  icon: Component
  held: boolean
  word: () => string
}[] = [
  { verdict: 'new', hue: 'green', icon: Plus, held: false, word: m.import_verdict_new },
  { verdict: 'second', hue: 'green', icon: UserPlus, held: false, word: m.import_verdict_second },
  { verdict: 'update', hue: 'blue', icon: Pencil, held: false, word: m.import_verdict_update },
  { verdict: 'reopen', hue: 'blue', icon: RotateCcw, held: false, word: m.import_verdict_reopen },
  { verdict: 'unchanged', hue: 'plain', icon: Check, held: false, word: m.import_verdict_unchanged },
  { verdict: 'duplicate', hue: 'yellow', icon: Copy, held: true, word: m.import_verdict_duplicate },
  { verdict: 'shared', hue: 'yellow', icon: Users, held: true, word: m.import_verdict_shared },
  { verdict: 'invalid', hue: 'red', icon: CircleX, held: true, word: m.import_verdict_invalid },
  { verdict: 'do-not-call', hue: 'red', icon: Ban, held: true, word: m.import_verdict_do_not_call },
  { verdict: 'closed', hue: 'purple', icon: Lock, held: true, word: m.import_verdict_closed },
]
export const lookOf = (verdict: Verdict) => VERDICT_LOOKS.find((look) => look.verdict === verdict)!
export const HELD_BACK: Verdict[] = VERDICT_LOOKS.filter((look) => look.held).map((look) => look.verdict)

/** Rows that committing takes into the pool or into a customer there. */
export const takenOf = ({ counts }: ImportView): number =>
  (counts.new ?? 0) + (counts.second ?? 0) + (counts.update ?? 0) + (counts.reopen ?? 0)
export const heldOf = ({ counts }: ImportView): number =>
  HELD_BACK.reduce((sum, verdict) => sum + (counts[verdict] ?? 0), 0)

const REASONS: Record<RowReason, (row: { of: string }) => string> = {
  'phone-missing': () => m.import_reason_phone_missing(),
  'phone-invalid': () => m.import_reason_phone_invalid(),
  'phone-rounded': () => m.import_reason_phone_rounded(),
  'phone-short': () => m.import_reason_phone_short(),
  'phone-range-unassigned': () => m.import_reason_range_unassigned(),
  'name-too-long': () => m.import_reason_name_too_long(),
  'notes-too-long': () => m.import_reason_notes_too_long(),
  'user-code-too-long': () => m.import_reason_user_code_too_long(),
  'row-too-long': () => m.import_reason_row_too_long(),
  'email-invalid': () => m.import_reason_email_invalid(),
  'repeats-row': ({ of }) => m.import_reason_repeats_row({ of }),
  'same-number': ({ of }) => m.import_reason_same_number({ of }),
  'same-number-known': () => m.import_reason_same_number_known(),
  exists: () => m.import_reason_exists(),
  'on-do-not-call': () => m.import_reason_do_not_call(),
  'already-completed': () => m.import_reason_completed(),
  'already-unreachable': () => m.import_reason_unreachable(),
}
const WARNINGS: Record<RowWarning, () => string> = {
  'phone-range-unassigned': m.import_reason_range_unassigned,
  'phone-second-kept': m.import_warning_second_phone,
  'email-ignored': m.import_warning_email,
  'priority-ignored': m.import_warning_priority,
  'language-ignored': m.import_warning_language,
  'time-zone-ignored': m.import_warning_time_zone,
  'phone-other-ignored': m.import_warning_other_phone,
  'date-ignored': m.import_warning_date,
  'attempts-ignored': m.import_warning_attempts,
  'owner-unknown': m.import_warning_owner,
}
/** Why a row is held back, or what is to be known about one that is taken: what it changes, what it may not. */
export function whyOf(row: RowVerdict, number: (value: number) => string): string {
  if (row.reason) return REASONS[row.reason]({ of: row.of === null ? '' : number(row.of) })
  return [
    ...row.changes.map((change) => m.import_changes(saidOf(change))),
    ...row.kept.map((change) => m.import_kept(saidOf(change))),
    ...row.warnings.map((warning) => WARNINGS[warning]()),
  ].join(' · ')
}

type Change = RowVerdict['changes'][number]
function saidOf({ field, from, to }: Change): { field: string; from: string; to: string } {
  const said = (value: Change['from']) => {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    return text === '' ? m.import_nothing_there() : isolated(text)
  }
  const name = field === 'phones' ? m.import_field_phone() : fieldWord(field)
  return { field: field.startsWith('custom.') ? field.slice(7) : name, from: said(from), to: said(to) }
}

/** What becomes of the row. */
export function happensTo(row: RowVerdict, number: (value: number) => string): string {
  switch (row.verdict) {
    case 'new':
      return m.import_happens_added()
    case 'second':
      return row.of === null ? m.import_happens_second() : m.import_happens_second_of({ of: number(row.of) })
    case 'update':
      return m.import_happens_updated()
    case 'unchanged':
      return m.import_happens_nothing()
    case 'reopen':
      return m.import_happens_reopened()
    case 'duplicate':
    case 'shared':
      return row.of === null ? m.import_happens_left_out() : m.import_happens_row_kept({ of: number(row.of) })
    case 'do-not-call':
      return m.import_happens_kept_off()
    case 'closed':
      return m.import_happens_stays_closed()
    default:
      return m.import_happens_left_out()
  }
}

const FIELDS: Record<string, () => string> = {
  name: m.import_field_name,
  firstName: m.import_field_first_name,
  lastName: m.import_field_last_name,
  phone: m.import_field_phone,
  userCode: m.import_field_user_code,
  email: m.import_field_email,
  notes: m.import_field_notes,
  priority: m.import_field_priority,
  language: m.import_field_language,
  timeZone: m.import_field_time_zone,
  tags: m.import_field_tags,
  phone2: m.import_field_phone_2,
  phone3: m.import_field_phone_3,
  status: m.import_field_status,
  lastSeenAt: m.import_field_last_seen,
  lastCalledAt: m.import_field_last_called,
  lastCalledBy: m.import_field_last_called_by,
  attempts: m.import_field_attempts,
  owner: m.import_field_owner,
  source: m.import_field_source,
  position: m.import_field_position,
}
/** What a column can be matched to by hand, in the order of the list of choices. */
export const MATCHES = [
  'phone',
  'phone2',
  'phone3',
  'name',
  'firstName',
  'lastName',
  'userCode',
  'email',
  'notes',
  'tags',
  'priority',
  'language',
  'timeZone',
  'owner',
  'status',
  'attempts',
  'lastSeenAt',
  'lastCalledAt',
  'lastCalledBy',
  'source',
  'position',
  'custom',
  'ignore',
] as const satisfies readonly Match[]
export const matchWord = (field: Match): string => (field === 'ignore' ? m.import_match_ignore() : fieldWord(field))
export const fieldWord = (field: string): string => FIELDS[field]?.() ?? m.import_field_own()

/** The file's own header of a field, where it is known; a name of two columns by both. */
export function headerOf(view: ImportView, field: string | null): string {
  if (field === null) return m.import_whole_row()
  const alike = field === 'name' || field === 'firstName' ? ['name', 'firstName', 'lastName'] : [field]
  const headers = view.columns.filter((column) => alike.includes(column.field)).map((column) => column.header)
  return headers.join(', ') || fieldWord(field)
}
