import type { RefusalCode, RefusalFacts } from '#shared/protocol/problem'
import type { Result } from '#shared/result'

/** Thrown inside a decision so that its writes are undone and its command id is not remembered; answered, never logged. */
export class Refused extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly detail?: string,
    readonly facts?: RefusalFacts,
  ) {
    super(code)
  }
}

/** The value of a decision, or its refusal thrown. */
export function must<T>(result: Result<T, RefusalCode>): T {
  if (result.ok) return result.value
  throw new Refused(result.refusal, result.detail)
}
