import { z } from '@hono/zod-openapi'
import { faultOfRow, importChunk, type ImportRow } from '#shared/protocol/imports'
import { RefusalError } from '../refusals'

/** A whole file for programs; not a zod schema, because its body is read within bounds by hand. */
export const upload = {
  schema: {
    type: 'object' as const,
    required: ['file'],
    properties: {
      file: {
        type: 'string' as const,
        format: 'binary',
        description: 'xlsx, xls, ods or csv; at most 10 MB, 30 MB unzipped and 20,000 rows',
      },
      policy: { type: 'string' as const, enum: ['merge', 'skip', 'error'], default: 'merge' },
      sharedNumbers: { type: 'string' as const, enum: ['hold-back', 'second-person'], default: 'hold-back' },
      commit: { type: 'string' as const, enum: ['true', 'false'], default: 'false' },
    },
  },
}

/** Described by its schema, checked by hand: a schema takes a third of the time in which a chunk is read. */
export const chunk = { schema: z.toJSONSchema(importChunk) as { type: 'object' } }
/** The rows of a chunk. Refuses invalid-input, naming the field. */
export function rowsOf(body: unknown): ImportRow[] {
  const rows = (body as { rows?: unknown } | null)?.rows
  if (!Array.isArray(rows) || rows.length > 1_000) throw new RefusalError('invalid-input')
  const at = rows.findIndex((row) => faultOfRow(row) !== null)
  if (at === -1) return rows as ImportRow[]
  const field = `rows.${at}.${faultOfRow(rows[at])}`
  throw new RefusalError('invalid-input', undefined, [{ field, message: 'not as the description of a row has it' }])
}
