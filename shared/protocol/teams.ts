import * as z from 'zod'
import { epochMs, id } from './common'

const name = z.string().trim().min(1).max(100)
const members = z.array(id).max(10_000)

/** POOL-9: people who work together; a pool that names a team is open to whoever is in it. */
export const team = z.object({ id, name, members, version: z.int(), createdAt: epochMs })
export type Team = z.infer<typeof team>
export const newTeam = z.object({ name, members: members.default([]) })
/** `version`: of the team as it was read; another since then is a conflict. */
export const teamPatch = z.object({ version: z.int(), name: name.optional(), members: members.optional() })
export const teamList = z.object({ items: z.array(team) })
