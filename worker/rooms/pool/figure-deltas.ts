import type { Figures } from '#shared/domain/pool/figures'

type Delta = Figures & { day: string; agentId: string }

/**
 * What the attempts of one group add to dispositions and days. The whole pool's row is touched by every one of them, so the rows
 * are written once a group, or when they are asked for.
 */
export class FigureDeltas {
  private readonly days = new Map<string, Delta>()
  private readonly dispositions = new Map<string, number>()

  constructor(private readonly sql: SqlStorage) {}

  add(day: string, agentId: string, before: Figures, after: Figures): void {
    const key = `${day} ${agentId}`
    const sum = this.days.get(key) ?? { day, agentId, attempts: 0, reached: 0, positive: 0, talkMs: 0 }
    this.days.set(key, {
      day,
      agentId,
      attempts: sum.attempts + after.attempts - before.attempts,
      reached: sum.reached + after.reached - before.reached,
      positive: sum.positive + after.positive - before.positive,
      talkMs: sum.talkMs + after.talkMs - before.talkMs,
    })
  }

  count(disposition: string, by: number): void {
    this.dispositions.set(disposition, (this.dispositions.get(disposition) ?? 0) + by)
  }

  /** In the group's transaction. */
  keep(): void {
    for (const { day, agentId, attempts, reached, positive, talkMs } of this.days.values()) {
      this.sql.exec(
        `INSERT INTO day_figure (day, agent_id, attempts, reached, positive, talk_ms) VALUES (?1,?2,?3,?4,?5,?6)
         ON CONFLICT(day, agent_id) DO UPDATE SET attempts=attempts+?3, reached=reached+?4, positive=positive+?5, talk_ms=talk_ms+?6`,
        day,
        agentId,
        attempts,
        reached,
        positive,
        talkMs,
      )
    }
    for (const [code, by] of this.dispositions) {
      this.sql.exec(
        'INSERT INTO disposition_count (code, n) VALUES (?1,?2) ON CONFLICT(code) DO UPDATE SET n=n+?2',
        code,
        by,
      )
    }
    this.forget()
  }

  /** Kept, or undone with the group. */
  forget(): void {
    this.days.clear()
    this.dispositions.clear()
  }
}
