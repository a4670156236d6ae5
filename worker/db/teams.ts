import type { Team } from '#shared/protocol/teams'

type Row = Omit<Team, 'members'> & { members: string }
const COLUMNS = 'id, name, members, version, created_at AS createdAt'
const parsed = (row: Row): Team => ({ ...row, members: JSON.parse(row.members) as string[] })

export async function listTeams(db: D1Database): Promise<Team[]> {
  const { results } = await db.prepare(`SELECT ${COLUMNS} FROM teams ORDER BY created_at, id`).all<Row>()
  return results.map(parsed)
}

export async function teamById(db: D1Database, id: string): Promise<Team | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM teams WHERE id=?`).bind(id).first<Row>()
  return row && parsed(row)
}

/** False: someone else changed the team since `version - 1` was read. */
export async function saveTeam(db: D1Database, team: Team): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO teams (id, name, members, version, created_at) VALUES (?,?,?,?,?)
       ON CONFLICT(id) DO UPDATE SET name=excluded.name, members=excluded.members, version=excluded.version
       WHERE teams.version=excluded.version-1`,
    )
    .bind(team.id, team.name, JSON.stringify(team.members), team.version, team.createdAt)
    .run()
  return meta.changes === 1
}

export async function deleteTeam(db: D1Database, id: string): Promise<boolean> {
  return (await db.prepare('DELETE FROM teams WHERE id=?').bind(id).run()).meta.changes === 1
}
