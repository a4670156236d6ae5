/**
 * What a decision answers: a value, or a refusal. A refusal is an expected no: typed, returned, shown.
 * A fault is thrown, caught once at the border and logged with its request id.
 */
export type Ok<T> = { ok: true; value: T }
export type Refused<R extends string> = { ok: false; refusal: R; detail?: string }
export type Result<T, R extends string> = Ok<T> | Refused<R>

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value })
export const refuse = <R extends string>(refusal: R, detail?: string): Refused<R> =>
  detail === undefined ? { ok: false, refusal } : { ok: false, refusal, detail }
