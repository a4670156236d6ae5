import type { Role } from '#shared/protocol/users'

/** AUTH-1: after sign-in agent → desk, supervisor → floor, administrator → overview (its pools). */
export function homeOf(role: Role): string {
  return role === 'supervisor' ? '/floor' : role === 'administrator' ? '/pools' : '/desk'
}

/** Where to go on after sign-in: a path of this app, never another site. */
export function safeNext(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : null
}
