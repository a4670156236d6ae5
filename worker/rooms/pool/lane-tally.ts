import type { Lane } from '#shared/domain/pool/lane'

/**
 * How many entries stand in each lane: in memory over its rows. A pull changes two of them and asks for many, so rows are
 * written once a group (`keep`), and a lane nobody stands in costs no query.
 */
export class LaneTally {
  private counts: Map<Lane, number> | null = null
  private readonly changed = new Set<Lane>()

  constructor(private readonly sql: SqlStorage) {}

  all(): Map<Lane, number> {
    this.counts ??= new Map(
      [...this.sql.exec<{ lane: string; n: number }>('SELECT lane, n FROM lane_count')].map(({ lane, n }) => [lane, n]),
    )
    return this.counts
  }

  isEmpty(lane: Lane): boolean {
    return (this.all().get(lane) ?? 0) <= 0
  }

  add(lane: Lane, by: number): this {
    this.all().set(lane, (this.all().get(lane) ?? 0) + by)
    this.changed.add(lane)
    return this
  }

  /** Before the commit, in the same transaction. */
  keep(): void {
    if (this.changed.size === 0) return
    for (const lane of this.changed)
      this.sql.exec('INSERT OR REPLACE INTO lane_count (lane, n) VALUES (?,?)', lane, this.all().get(lane) ?? 0)
    this.changed.clear()
  }

  /** Writes were undone. */
  reload(): void {
    this.counts = null
    this.changed.clear()
  }
}
