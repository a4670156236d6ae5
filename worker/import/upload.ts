import { ok, refuse, type Result } from '#shared/result'
import { policy, sharedNumbers } from '#shared/protocol/imports'
import type { z } from '@hono/zod-openapi'

export const UPLOAD_LIMIT = 10_000_000
/** What a 413 says to a program with more. */
export const CHUNKED_WAY =
  'Here a file has at most 10 MB, 30 MB unzipped and 20,000 rows. Send more as JSON: open an import with POST, then PUT /api/imports/{id}/chunks/{n}.'
/** Boundaries, part headers and the small fields beside the file. */
const ENVELOPE = 16_384

export type Upload = {
  bytes: Uint8Array
  name: string
  policy: z.infer<typeof policy>
  sharedNumbers: z.infer<typeof sharedNumbers>
  commit: boolean
}

/** A multipart body of one file, never more of it in memory than the limit. Refuses file-too-large, invalid-input. */
export async function readUpload(request: Request): Promise<Result<Upload, 'file-too-large' | 'invalid-input'>> {
  const body = await readBounded(request, UPLOAD_LIMIT + ENVELOPE)
  if (body === null) return refuse('file-too-large', CHUNKED_WAY)
  const form = await new Response(body, { headers: { 'content-type': request.headers.get('content-type') ?? '' } })
    .formData()
    .catch(() => null)
  const file = form?.get('file')
  if (!form || !file || typeof file === 'string')
    return refuse('invalid-input', 'Send the spreadsheet as the field `file`.')
  const chosen = policy.safeParse(form.get('policy') ?? 'merge')
  if (!chosen.success) return refuse('invalid-input', '`policy` is merge, skip or error.')
  const shared = sharedNumbers.safeParse(form.get('sharedNumbers') ?? 'hold-back')
  if (!shared.success) return refuse('invalid-input', '`sharedNumbers` is hold-back or second-person.')
  const upload = file as File
  return ok({
    bytes: new Uint8Array(await upload.arrayBuffer()),
    name: upload.name.slice(0, 255) || 'list',
    policy: chosen.data,
    sharedNumbers: shared.data,
    commit: form.get('commit') === 'true',
  })
}

/** null: there is more than `limit`. What came first is dropped at once, the rest is not read. */
async function readBounded(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null
  const parts: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limit) {
      await reader.cancel()
      return null
    }
    parts.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
