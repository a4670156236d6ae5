import * as z from 'zod'
import { after, country, epochMs, id, page, projection } from './common'

export const POLICIES = ['merge', 'skip', 'error'] as const
export const policy = z.enum(POLICIES)
/** IMP-4: what becomes of a number that another person has, in the list or in the pool. */
export const SHARED_NUMBERS = ['hold-back', 'second-person'] as const
export const sharedNumbers = z.enum(SHARED_NUMBERS)

/** One row as its file gave it, by field; `row` is its line in the sheet (1 = header). Normalised by shared/domain/import. */
export const importRow = z.object({
  row: z.int().min(1),
  name: z.string().max(32_767).optional(),
  firstName: z.string().max(32_767).optional(),
  lastName: z.string().max(32_767).optional(),
  phone: z.string().max(32_767).optional(),
  userCode: z.string().max(32_767).optional(),
  email: z.string().max(32_767).optional(),
  notes: z.string().max(32_767).optional(),
  priority: z.string().max(32_767).optional(),
  language: z.string().max(32_767).optional(),
  timeZone: z.string().max(32_767).optional(),
  tags: z.string().max(32_767).optional(),
  phone2: z.string().max(32_767).optional(),
  phone3: z.string().max(32_767).optional(),
  status: z.string().max(32_767).optional(),
  lastSeenAt: z.string().max(32_767).optional(),
  lastCalledAt: z.string().max(32_767).optional(),
  lastCalledBy: z.string().max(32_767).optional(),
  attempts: z.string().max(32_767).optional(),
  owner: z.string().max(32_767).optional(),
  source: z.string().max(32_767).optional(),
  position: z.string().max(32_767).optional(),
  custom: z.record(z.string().max(200), z.string().max(32_767)).optional(),
})
export type ImportRow = z.infer<typeof importRow>

export const openImport = z.object({
  fileName: z.string().min(1).max(255),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Not given: rows are sent while the file is read, and how many there are is told when its end is reached (`importChoices`). */
  rowCount: z.int().min(0).max(500_000).optional(),
  policy: policy.default('merge'),
  reopenUnreachable: z.boolean().default(false),
  sharedNumbers: sharedNumbers.default('hold-back'),
  /** Of the headers, where the columns were matched by hand: the same headers are matched the same way next time (IMP-2). */
  signature: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/)
    .optional(),
  /** The sheet's own headers and the field each was recognised as (`custom` keeps its header), for errors of the same shape. */
  columns: z
    .array(z.object({ header: z.string().max(200), field: z.string().max(20) }))
    .max(200)
    .default([]),
})
/** IMP-4: chosen in the dry run; `rowCount`: of an import that was opened without it. */
export const importChoices = z.object({
  rowCount: z.int().min(0).max(500_000).optional(),
  policy: policy.optional(),
  reopenUnreachable: z.boolean().optional(),
  sharedNumbers: sharedNumbers.optional(),
})
/** IMP-2, 5: what a pool remembers of a file before it is sent. */
export const importMemoryQuery = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{16,64}$/),
})
const listColumns = z.array(z.object({ header: z.string(), field: z.string() }))
export const importMemory = z.object({
  /** How its columns were matched by hand the last time; null: they never were. */
  columns: listColumns.nullable(),
  /** The same file as I began to import it, not yet committed; `chunks`: those that came. */
  open: z
    .object({
      id,
      state: z.enum(['receiving', 'checked', 'committing']),
      columns: listColumns,
      /** null: its file was not read to its end. */
      rowCount: z.int().nullable(),
      chunks: z.array(z.int()),
    })
    .nullable(),
})
export type ImportMemory = z.infer<typeof importMemory>
export const importChunk = z.object({ rows: z.array(importRow).max(1000) })
const ROW_FIELDS = new Set(Object.keys(importRow.shape).filter((field) => field !== 'row' && field !== 'custom'))
const isText = (value: unknown) => typeof value === 'string' && value.length <= 32_767
/**
 * What `importChunk` says of a row, in a tenth of its time: lists have hundreds of thousands. Null: it is a row; else the
 * field that is not as it must be. Fields that the schema does not name are taken away, as a schema does.
 */
export function faultOfRow(row: unknown): string | null {
  if (typeof row !== 'object' || row === null) return ''
  for (const [field, value] of Object.entries(row)) {
    if (field === 'row') {
      if (!Number.isSafeInteger(value) || (value as number) < 1) return 'row'
    } else if (field === 'custom') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'custom'
      for (const [key, text] of Object.entries(value)) if (key.length > 200 || !isText(text)) return `custom.${key}`
    } else if (!ROW_FIELDS.has(field)) delete (row as Record<string, unknown>)[field]
    else if (!isText(value)) return field
  }
  return 'row' in row ? null : 'row'
}

/** IMP-4: what a row would do. */
export const VERDICTS = [
  'new',
  'second',
  'update',
  'unchanged',
  'duplicate',
  'shared',
  'invalid',
  'do-not-call',
  'closed',
  'reopen',
] as const
export const verdict = z.enum(VERDICTS)
export type Verdict = z.infer<typeof verdict>
export const ROW_REASONS = [
  'phone-missing',
  'phone-invalid',
  'phone-rounded',
  'phone-short',
  'phone-range-unassigned',
  'name-too-long',
  'notes-too-long',
  'user-code-too-long',
  'row-too-long',
  'email-invalid',
  'repeats-row',
  'same-number',
  'same-number-known',
  'exists',
  'on-do-not-call',
  'already-completed',
  'already-unreachable',
] as const
export const rowReason = z.enum(ROW_REASONS)
export type RowReason = z.infer<typeof rowReason>
export const ROW_WARNINGS = [
  'phone-range-unassigned',
  'phone-second-kept',
  'email-ignored',
  'priority-ignored',
  'language-ignored',
  'time-zone-ignored',
  'phone-other-ignored',
  'date-ignored',
  'attempts-ignored',
  'owner-unknown',
] as const
export const rowWarning = z.enum(ROW_WARNINGS)
export type RowWarning = z.infer<typeof rowWarning>
const fieldValue = z.union([z.string(), z.array(z.string())]).nullable()
const fieldChange = z.object({ field: z.string(), from: fieldValue, to: fieldValue })
export const rowVerdict = z.object({
  row: z.int(),
  verdict,
  column: z.string().nullable(),
  value: z.string().nullable(),
  reason: rowReason.nullable(),
  /** For repeats-row: the row it repeats. */
  of: z.int().nullable(),
  phone: z.string().nullable(),
  name: z.string().nullable(),
  warnings: z.array(rowWarning),
  /** IMP-4, merge: what the list changes, and what it says of fields that a person edited and that stay as they are. */
  changes: z.array(fieldChange).default([]),
  kept: z.array(fieldChange).default([]),
})
export type RowVerdict = z.infer<typeof rowVerdict>

export const importView = z.object({
  id,
  poolId: id,
  poolName: z.string(),
  country,
  fileName: z.string(),
  sha256: z.string(),
  policy,
  /** IMP-4: customers closed as unreachable get fresh attempts when the list names them. */
  reopenUnreachable: z.boolean().default(false),
  /** IMP-4: another user code on a number that somebody has: held back, or a second person with one hold. */
  sharedNumbers: sharedNumbers.default('hold-back'),
  columns: z.array(z.object({ header: z.string(), field: z.string() })),
  state: z.enum(['receiving', 'checked', 'committing', 'committed', 'cancelled', 'undoing', 'undone']),
  rowCount: z.int(),
  received: z.int(),
  counts: z.record(verdict, z.int()),
  warnings: z.int(),
  committedRows: z.int(),
  /** IMP-5: what taking it back did; null: it was not taken back. */
  undone: z.object({ removed: z.int(), restored: z.int(), kept: z.int() }).nullable().default(null),
  by: z.object({ id, name: z.string() }),
  createdAt: epochMs,
  committedAt: epochMs.nullable(),
  projection: projection.optional(),
})
export type ImportView = z.infer<typeof importView>

/** `createdAt:id` of the last one shown. */
const createdCursor = z.string().regex(/^\d{1,15}:[A-Za-z0-9:_.-]{1,80}$/)

/** A line of the pool's record of imports (IMP-5), from D1. */
export const importSummary = z.object({
  id,
  poolId: id,
  fileName: z.string(),
  sha256: z.string(),
  state: importView.shape.state,
  /** Rows received. */
  rowCount: z.int(),
  counts: z.partialRecord(verdict, z.int()),
  by: z.object({ id, name: z.string() }),
  createdAt: epochMs,
  committedAt: epochMs.nullable(),
})
export type ImportSummary = z.infer<typeof importSummary>
export const importPage = page(importSummary)
export const importQuery = z.object({
  cursor: createdCursor.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after,
})
export const rowQuery = z.object({
  /** One or more verdicts, separated by commas; none: all. */
  verdict: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(verdict))
    .optional(),
  /** `true`: only rows taken with a warning. */
  warned: z.enum(['true', 'false']).optional(),
  cursor: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
export const rowPage = page(rowVerdict)
