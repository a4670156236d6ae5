import { permissionsOf } from '#shared/domain/access/table'
import type { Me } from '#shared/protocol/session'
import type { Preferences, User } from '#shared/protocol/users'
import { DEFAULT_PREFERENCES } from '../db/users'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import type { AgentProfile } from '../rooms/ports'

/** Who is signed in, from the AgentRoom alone: a reload of the desk works while D1 is down. */
export async function whoAmI(env: Env, userId: string, origin: string, now: number): Promise<Me> {
  const room = agentRoom(env, userId)
  const [profile, presence] = await Promise.all([room.whoami(), room.presence()])
  if (!profile) throw new RefusalError('session-revoked')
  return {
    user: userFrom(profile),
    role: profile.role,
    preferences: preferencesFrom(profile),
    permissions: permissionsOf(profile.role),
    state: presence.state,
    stateReason: presence.reason,
    stateSince: presence.since,
    sipDomain: new URL(origin).hostname,
    dialling: presence.dialling,
    now,
  }
}

function userFrom(profile: AgentProfile): User {
  const {
    userId: id,
    username,
    name,
    role,
    extension,
    disabledAt,
    mustChangePassword = false,
    createdAt = 0,
    lastSignInAt = null,
  } = profile
  return { id, username, name, role, extension, disabledAt, mustChangePassword, createdAt, lastSignInAt }
}

/** A copy of an older release may lack a field. */
const preferencesFrom = (profile: AgentProfile): Preferences => ({ ...DEFAULT_PREFERENCES, ...profile.preferences })
