import * as z from 'zod'

/** Everything that crosses a border is parsed by a schema of this folder. */
export const id = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[A-Za-z0-9:_.-]+$/)
export const uuid = z.uuid()
export const epochMs = z.int().min(0).max(8_640_000_000_000)
export const e164 = z.string().regex(/^\+[1-9]\d{1,14}$/)
export const country = z.string().regex(/^[A-Z]{2}$/)
export const LANGUAGES = ['en', 'tr', 'es', 'ar'] as const
export const language = z.enum(LANGUAGES)
export type Language = z.infer<typeof language>

/** IANA zone name that this runtime knows. */
export const timeZone = z.string().max(64).refine(isTimeZone, { error: 'unknown time zone' })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Where a reply to a change will show up in lists: ask a list with `?after=room:seq` to read your own write. */
export const projection = z.object({ room: z.string(), seq: z.int() })
export type Projection = z.infer<typeof projection>
export const after = z
  .string()
  .regex(/^.+:\d+$/)
  .optional()

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
