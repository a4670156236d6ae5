import { MOVED_HEADER, writeMoved } from '#shared/domain/call/moved'
import type { Move } from './state'

/** For the BYE to who leaves: who did not ask for it is told who did, and who has the call now. */
export const movedBy = ({ referrer, shown }: Move): string | undefined =>
  referrer === null && shown
    ? `${MOVED_HEADER}: ${writeMoved({ by: shown.by.name, to: shown.newcomer.name })}`
    : undefined
