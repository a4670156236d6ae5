import type * as z from 'zod'
import { problem as problemSchema } from '#shared/protocol/problem'
import { isSessionOver, type Reply, type Trouble } from './reply'

export type { Reply, Trouble } from './reply'

type Options<S extends z.ZodType> = {
  /** The answer is parsed with it; without one the answer's body is not read. */
  schema?: S
  body?: unknown
  /** Bytes: JSON already, or what `rawType` says. A file is read from the disk as it goes. */
  raw?: Uint8Array<ArrayBuffer> | Blob
  rawType?: string
  headers?: Record<string, string>
  /** Of a request that takes long by its size. */
  timeoutMs?: number
  /** Made once by the caller: a repeated request with it changes nothing twice. */
  idempotencyKey?: string
  signal?: AbortSignal
  /** A 401 of this request is an answer like others (sign-in itself), not the end of a session. */
  quiet?: boolean
}
export type ApiOptions<S extends z.ZodType = z.ZodType> = Options<S>

type Listeners = { sessionOver: (code: Trouble['code']) => void; passwordOwed: () => void }
const listeners: Listeners = { sessionOver: () => {}, passwordOwed: () => {} }
/** The session listens here; nobody else needs to. */
export function listen(to: Partial<Listeners>): void {
  Object.assign(listeners, to)
}

/** Nobody waits longer than this for an answer; a request whose answer is lost may be repeated with its key. */
const TIMEOUT_MS = 20_000

async function request<S extends z.ZodType>(
  method: string,
  path: string,
  options: Options<S> = {},
): Promise<Reply<z.output<S>>> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  if (options.body !== undefined || options.raw) headers['content-type'] = options.rawType ?? 'application/json'
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const init: RequestInit = {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  }
  if (options.raw) init.body = options.raw
  else if (options.body !== undefined) init.body = JSON.stringify(options.body)

  let response: Response
  let answer: unknown
  try {
    response = await fetch(path, init)
    answer = response.status === 204 || (response.ok && !options.schema) ? undefined : await response.json()
  } catch (fault) {
    // A body that is no JSON is an answer of something between us (a captive portal, a proxy): as good as none.
    if (options.signal?.aborted && fault instanceof DOMException) throw fault
    return fail({ code: 'offline', status: 0 })
  }
  if (!response.ok) return refused(response.status, answer, options.quiet)
  if (!options.schema) return { ok: true, value: undefined as z.output<S> }
  const parsed = options.schema.safeParse(answer)
  if (parsed.success) return { ok: true, value: parsed.data }
  const where = parsed.error.issues[0]?.path.join('.')
  return fail({ code: 'unexpected-answer', status: response.status, ...(where ? { detail: where } : {}) })
}

function refused(status: number, answer: unknown, quiet = false): Reply<never> {
  const parsed = problemSchema.safeParse(answer)
  if (!parsed.success) return fail({ code: status >= 500 ? 'unavailable' : 'unexpected-answer', status })
  const { code, detail, errors, facts, requestId } = parsed.data
  if (!quiet && isSessionOver(code)) listeners.sessionOver(code)
  if (!quiet && code === 'password-change-required') listeners.passwordOwed()
  return fail({
    code,
    status,
    requestId,
    ...(detail ? { detail } : {}),
    ...(errors ? { errors } : {}),
    ...(facts ? { facts } : {}),
  })
}

const fail = (problem: Trouble): Reply<never> => ({ ok: false, problem })

type Call = <S extends z.ZodType = z.ZodUndefined>(path: string, options?: Options<S>) => Promise<Reply<z.output<S>>>
const by =
  (method: string): Call =>
  (path, options) =>
    request(method, path, options)

/** Every request to `/api`: same origin, by cookie, answers parsed with shared/protocol; never throws but for an abort. */
export const api = { get: by('GET'), post: by('POST'), put: by('PUT'), patch: by('PATCH'), delete: by('DELETE') }
