import type { Role } from '#shared/protocol/users'
import { m } from '$lib/paraglide/messages'

const WORDS: Record<Role, () => string> = {
  agent: m.role_agent,
  supervisor: m.role_supervisor,
  administrator: m.role_administrator,
  integration: m.role_integration,
}
export const roleWord = (role: Role): string => WORDS[role]()
