import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { id } from '#shared/protocol/common'
import { newTeam, team, teamList, teamPatch, type Team } from '#shared/protocol/teams'
import { audited } from '../auth/audit'
import { deleteTeam, listTeams, saveTeam, teamById } from '../db/teams'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { teamChanged } from '../teams'
import { body, endpoint, json, router } from './endpoint'

export const teams = router()
const tags = ['users']
const params = z.object({ teamId: id })

async function teamOf(env: Env, teamId: string): Promise<Team> {
  const found = await teamById(env.DB, teamId)
  if (!found) throw new RefusalError('not-found')
  return found
}

endpoint(
  teams,
  'user.list',
  {
    method: 'get',
    path: '/teams',
    tags,
    summary: 'Teams and who is in them',
    responses: { 200: json(teamList, 'In the order they were made') },
  },
  async (c) => c.json({ items: await listTeams(c.env.DB) }, 200),
)

endpoint(
  teams,
  'user.change',
  {
    method: 'post',
    path: '/teams',
    tags,
    summary: 'Make a team',
    request: body(newTeam),
    responses: { 201: json(team, 'Made; pools do not know it yet') },
  },
  async (c) => {
    const made: Team = { id: uuidv7(), ...c.req.valid('json'), version: 1, createdAt: Date.now() }
    await saveTeam(c.env.DB, made)
    await audited(c, 'team.make', made.id)
    return c.json(made, 201)
  },
)

/** POOL-9: pools that name it follow at once; who left lets go of what they hold there. Refuses not-found, conflict. */
endpoint(
  teams,
  'user.change',
  {
    method: 'patch',
    path: '/teams/{teamId}',
    tags,
    summary: 'Change a team’s name or members',
    request: { params, ...body(teamPatch) },
    responses: { 200: json(team, 'As it is now') },
  },
  async (c) => {
    const { version, ...change } = c.req.valid('json')
    const before = await teamOf(c.env, c.req.valid('param').teamId)
    const now: Team = { ...before, ...change, version: version + 1 }
    // asked again after a crash in between: the team is so already, and its pools are seen to once more
    if (!isDeepStrictEqual(before, now) && (before.version !== version || !(await saveTeam(c.env.DB, now))))
      throw new RefusalError('conflict')
    if (change.members) await teamChanged(c.env, c.get('actor'), now.id)
    await audited(c, 'team.change', now.id, { fields: Object.keys(change) })
    return c.json(now, 200)
  },
)

/** Its people stay; pools that named it lose those whom nothing else names. Refuses not-found. */
endpoint(
  teams,
  'user.change',
  {
    method: 'delete',
    path: '/teams/{teamId}',
    tags,
    summary: 'Dissolve a team',
    request: { params },
    responses: { 204: { description: 'No pool names it any more' } },
  },
  async (c) => {
    const { teamId } = c.req.valid('param')
    await teamOf(c.env, teamId)
    // the pools first: whoever asks again after a crash finds the team still there
    await teamChanged(c.env, c.get('actor'), teamId, true)
    await deleteTeam(c.env.DB, teamId)
    await audited(c, 'team.dissolve', teamId)
    return c.body(null, 204)
  },
)
