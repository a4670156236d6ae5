import { kindNow, type Kind } from '#shared/domain/pool/dialling'
import type { PoolStore } from './pool-store'

/** POOL-2: whose turn it is in the pool's mix; only one in n needs to count what was given out. */
export class MixTurn {
  constructor(private readonly sql: SqlStorage) {}

  kind(store: PoolStore): Kind {
    const { mix } = store.rules
    return kindNow(mix, typeof mix === 'string' ? 0 : this.given())
  }

  /** One more customer was given out. */
  next(store: PoolStore): void {
    if (typeof store.rules.mix === 'string') return
    this.sql.exec("INSERT OR REPLACE INTO setting (key, value) VALUES ('given', ?)", String(this.given() + 1))
  }

  private given(): number {
    const row = this.sql.exec<{ value: string }>("SELECT value FROM setting WHERE key='given'").toArray()[0]
    return row ? Number(row.value) : 0
  }
}
