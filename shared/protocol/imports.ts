import * as z from 'zod'
import { country, epochMs, id, projection } from './common'

export const POLICIES = ['merge', 'skip', 'error'] as const
export const policy = z.enum(POLICIES)

/** One row as its file gave it, by field; `row` is its line in the sheet (1 = header). Normalised by shared/domain/import. */
export const importRow = z.object({
  row: z.int().min(1),
  name: z.string().max(10_000).optional(),
  firstName: z.string().max(10_000).optional(),
  lastName: z.string().max(10_000).optional(),
  phone: z.string().max(10_000).optional(),
  userCode: z.string().max(10_000).optional(),
  email: z.string().max(10_000).optional(),
  notes: z.string().max(50_000).optional(),
  priority: z.string().max(100).optional(),
  language: z.string().max(100).optional(),
  timeZone: z.string().max(100).optional(),
  tags: z.string().max(10_000).optional(),
  custom: z.record(z.string().max(200), z.string().max(10_000)).optional(),
})
export type ImportRow = z.infer<typeof importRow>

export const openImport = z.object({
  fileName: z.string().min(1).max(255),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  rowCount: z.int().min(0).max(500_000),
  policy: policy.default('merge'),
  /** The sheet's own headers and the field each was recognised as (`custom` keeps its header), for errors of the same shape. */
  columns: z
    .array(z.object({ header: z.string().max(200), field: z.string().max(20) }))
    .max(200)
    .default([]),
})
export const importChunk = z.object({ rows: z.array(importRow).max(1000) })

/** IMP-4: what a row would do. */
export const VERDICTS = ['new', 'update', 'unchanged', 'duplicate', 'invalid', 'do-not-call', 'closed'] as const
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
] as const
export const rowWarning = z.enum(ROW_WARNINGS)
export type RowWarning = z.infer<typeof rowWarning>
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
  columns: z.array(z.object({ header: z.string(), field: z.string() })),
  state: z.enum(['receiving', 'checked', 'committing', 'committed', 'cancelled']),
  rowCount: z.int(),
  received: z.int(),
  counts: z.record(verdict, z.int()),
  warnings: z.int(),
  committedRows: z.int(),
  by: z.object({ id, name: z.string() }),
  createdAt: epochMs,
  committedAt: epochMs.nullable(),
  projection: projection.optional(),
})
export type ImportView = z.infer<typeof importView>
