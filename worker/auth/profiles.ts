import type { Preferences, Role } from '#shared/protocol/users'
import { membership, preferencesOf, userById, usersOf, type UserRow } from '../db/users'
import type { Env } from '../env'
import { log } from '../log'
import type { AgentProfile } from '../rooms/ports'

type Membership = Awaited<ReturnType<typeof membership>>

/** Pushes at one time: enough to be quick, few enough to leave the request's connections to others. */
const ABREAST = 20

/**
 * Gives the rooms of these people a fresh copy of their user's row and pools. Call it after every change of a user, of a
 * pool's name, state or members. A push that fails is only logged: the room reads D1 again at the next sign-in.
 */
export async function pushProfiles(env: Env, who: string[] | 'everyone'): Promise<void> {
  const [rows, pools] = await Promise.all([usersOf(env.DB, who), membership(env.DB)])
  for (let at = 0; at < rows.length; at += ABREAST) {
    await Promise.all(rows.slice(at, at + ABREAST).map((row) => pushOne(env, profileOf(row, pools))))
  }
}

async function pushOne(env: Env, profile: AgentProfile): Promise<void> {
  try {
    await env.AGENT.getByName(profile.userId).setProfile(profile)
  } catch (fault) {
    log.warn('profile not pushed', { userId: profile.userId, fault })
  }
}

/** From D1; for a room that has no copy yet, and at sign-in. Null: there is no such user. */
export async function loadProfile(env: Pick<Env, 'DB'>, userId: string): Promise<AgentProfile | null> {
  const [row, pools] = await Promise.all([userById(env.DB, userId), membership(env.DB)])
  return row && profileOf(row, pools)
}

/** POOL-9: the pools a user is a member of, in the user's order, then in the order they were made. */
function poolsOf(userId: string, { pools, positions }: Membership): AgentProfile['pools'] {
  const mine = new Map(positions.filter((row) => row.userId === userId).map((row) => [row.poolId, row.position]))
  return pools
    .filter((pool) => isMember(pool.members, userId))
    .map((pool, made) => ({ id: pool.id, name: pool.name, order: mine.get(pool.id) ?? 0, made }))
    .sort((a, b) => a.order - b.order || a.made - b.made)
    .map(({ id, name }) => ({ id, name }))
}

function isMember(members: string | null, userId: string): boolean {
  if (members === null || members === 'everyone') return true
  const ids: unknown = JSON.parse(members)
  return Array.isArray(ids) && ids.includes(userId)
}

function profileOf(row: UserRow, pools: Membership): AgentProfile {
  const preferences: Preferences = preferencesOf(row)
  const { id, username, name, extension, disabledAt, mustChangePassword, createdAt, lastSignInAt, version } = row
  return {
    userId: id,
    username,
    name,
    extension,
    role: row.role as Role,
    disabledAt,
    mustChangePassword,
    createdAt,
    lastSignInAt,
    preferences,
    version,
    dialWith: preferences.dialWith,
    pools: poolsOf(id, pools),
  }
}
