import type { Attempt } from '#shared/domain/pool/attempt'
import type { Grant, GrantEnd } from '#shared/domain/pool/entry'
import { dayOf, figuresOf, NO_FIGURES, type Figures } from '#shared/domain/pool/figures'
import { FigureDeltas } from './figure-deltas'

type FigureRow = { attempts: number; reached: number; positive: number; talk_ms: number; skips: number }

/** The pool as a whole stands in `day_figure` under this name. */
const WHOLE_POOL = ''

/** Grants, attempts, and the figures that follow them. */
export class AttemptStore {
  /** What the commands of a group add to figures, written once. */
  readonly deltas: FigureDeltas

  constructor(private readonly sql: SqlStorage) {
    this.deltas = new FigureDeltas(sql)
  }

  grant(entryId: number, token: number): Grant | null {
    const row = this.sql
      .exec<{
        agent_id: string
        agent_name: string
        granted_at: number
        attempt_id: string | null
        ended: string | null
      }>(
        'SELECT agent_id, agent_name, granted_at, attempt_id, ended FROM lease_grant WHERE entry_id=? AND token=?',
        entryId,
        token,
      )
      .toArray()[0]
    if (!row) return null
    return {
      entryId,
      token,
      agentId: row.agent_id,
      agentName: row.agent_name,
      grantedAt: row.granted_at,
      attemptId: row.attempt_id,
      ended: row.ended as GrantEnd | null,
    }
  }

  addGrant(grant: Omit<Grant, 'attemptId' | 'ended'>): void {
    this.sql.exec(
      'INSERT INTO lease_grant (entry_id, token, agent_id, agent_name, granted_at) VALUES (?,?,?,?,?)',
      grant.entryId,
      grant.token,
      grant.agentId,
      grant.agentName,
      grant.grantedAt,
    )
  }

  endGrant(entryId: number, token: number, ended: GrantEnd | null): void {
    this.sql.exec('UPDATE lease_grant SET ended=? WHERE entry_id=? AND token=?', ended, entryId, token)
  }

  get(id: string): Attempt | null {
    const row = this.sql.exec<{ body: string }>('SELECT body FROM attempt WHERE id=?', id).toArray()[0]
    return row ? (JSON.parse(row.body) as Attempt) : null
  }

  /** POOL-19: when a number of this entry was tried; attempts that name none were made on the primary one. */
  timesOf(entryId: number, primary: string, number: string): number[] {
    return this.sql
      .exec<{ at: number }>(
        "SELECT at FROM attempt WHERE entry_id=? AND coalesce(body->>'$.phone', ?)=?",
        entryId,
        primary,
        number,
      )
      .toArray()
      .map((row) => row.at)
  }

  /** POOL-27: on which number each attempt was made, oldest first, and its flags. */
  triedNumbers(entryId: number, primary: string): { number: string; flags: string[] }[] {
    return this.sql
      .exec<{ number: string; flags: string }>(
        "SELECT coalesce(body->>'$.phone', ?2) AS number, body->>'$.flags' AS flags FROM attempt WHERE entry_id=?1 ORDER BY at",
        entryId,
        primary,
      )
      .toArray()
      .map(({ number, flags }) => ({ number, flags: JSON.parse(flags) as string[] }))
  }

  lastNumber(entryId: number, primary: string): string | null {
    return this.triedNumbers(entryId, primary).at(-1)?.number ?? null
  }

  getMany(ids: readonly string[]): Attempt[] {
    return this.sql
      .exec<{ body: string }>(
        'SELECT body FROM json_each(?) j CROSS JOIN attempt ON attempt.id=j.value',
        JSON.stringify(ids),
      )
      .toArray()
      .map((row) => JSON.parse(row.body) as Attempt)
  }

  /** Newest first. */
  historyOf(entryId: number, limit: number): Attempt[] {
    return this.sql
      .exec<{ body: string }>('SELECT body FROM attempt WHERE entry_id=? ORDER BY at DESC LIMIT ?', entryId, limit)
      .toArray()
      .map((row) => JSON.parse(row.body) as Attempt)
  }

  /** Books it, or changes what was booked under its id; dispositions and figures follow by the difference. */
  book(attempt: Attempt, timeZone: string): void {
    const was = this.get(attempt.id)
    this.sql.exec(
      'INSERT OR REPLACE INTO attempt (id, entry_id, at, body) VALUES (?,?,?,?)',
      attempt.id,
      attempt.entryId,
      attempt.at,
      JSON.stringify(attempt),
    )
    this.sql.exec(
      'UPDATE lease_grant SET attempt_id=? WHERE entry_id=? AND token=?',
      attempt.id,
      attempt.entryId,
      attempt.token,
    )
    if (was?.disposition !== attempt.disposition) {
      if (was?.disposition) this.deltas.count(was.disposition, -1)
      if (attempt.disposition) this.deltas.count(attempt.disposition, 1)
    }
    const day = dayOf(attempt.at, timeZone)
    const before = was ? figuresOf(was) : NO_FIGURES
    const after = figuresOf(attempt)
    for (const agentId of [attempt.agentId, WHOLE_POOL]) this.deltas.add(day, agentId, before, after)
  }

  byDisposition(): Record<string, number> {
    this.deltas.keep()
    const rows = this.sql
      .exec<{ code: string; n: number }>('SELECT code, n FROM disposition_count WHERE n<>0')
      .toArray()
    return Object.fromEntries(rows.map((row) => [row.code, row.n]))
  }

  /** POOL-10: also those that a correction took back: the audit names them. */
  usedCodes(): string[] {
    this.deltas.keep()
    const rows = this.sql.exec<{ code: string }>('SELECT code FROM disposition_count').toArray()
    return rows.map((row) => row.code)
  }

  figures(day: string, agentId: string = WHOLE_POOL): Figures & { skips: number } {
    this.deltas.keep()
    const row = this.sql
      .exec<FigureRow>(
        'SELECT attempts, reached, positive, talk_ms, skips FROM day_figure WHERE day=? AND agent_id=?',
        day,
        agentId,
      )
      .toArray()[0]
    if (!row) return { ...NO_FIGURES, skips: 0 }
    return {
      attempts: row.attempts,
      reached: row.reached,
      positive: row.positive,
      talkMs: row.talk_ms,
      skips: row.skips,
    }
  }

  /** POOL-7: one more skip today, and the entry rests for this agent. */
  skip(agentId: string, entryId: number, day: string, now: number, until: number): void {
    this.sql.exec(
      'INSERT INTO day_figure (day, agent_id, skips) VALUES (?,?,1) ON CONFLICT(day, agent_id) DO UPDATE SET skips=skips+1',
      day,
      agentId,
    )
    this.sql.exec('DELETE FROM rest WHERE agent_id=? AND until<=?', agentId, now)
    this.sql.exec('INSERT OR REPLACE INTO rest (agent_id, entry_id, until) VALUES (?,?,?)', agentId, entryId, until)
  }

  /** What rests for this agent although a lane of theirs holds it, and when the first comes back. */
  resting(agentId: string, lanes: string[], now: number): { n: number; nextAt: number | null } {
    return this.sql
      .exec<{ n: number; nextAt: number | null }>(
        `SELECT count(*) AS n, min(until) AS nextAt FROM rest JOIN entry ON entry.id=rest.entry_id
         WHERE rest.agent_id=? AND until>? AND lane IN (SELECT value FROM json_each(?))`,
        agentId,
        now,
        JSON.stringify(lanes),
      )
      .one()
  }
}
