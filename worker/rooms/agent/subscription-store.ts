import type { Subscription } from '../../sip/subscription'

/** Of one device, and of all devices of an AOR; and of those who watch one AOR. */
export const MOST_OF_DEVICE = 100
export const MOST_OF_AOR = 200
export const MOST_WATCHERS = 200

/** Subscriptions of this AOR's phones, and the rooms that watch this AOR (SIP-5). Rows: an evicted room goes on with them. */
export class SubscriptionStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS sip_subscription (
        id TEXT PRIMARY KEY, call_id TEXT NOT NULL, watched TEXT NOT NULL, instance TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS sip_watcher (aor TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
    `)
  }

  private read(where: string, ...given: string[]): Subscription[] {
    return this.sql
      .exec<{ body: string }>(`SELECT body FROM sip_subscription ${where}`, ...given)
      .toArray()
      .map(({ body }) => JSON.parse(body) as Subscription)
  }
  all(): Subscription[] {
    return this.read('')
  }
  ofCall(callId: string): Subscription[] {
    return this.read('WHERE call_id=?', callId)
  }
  of(watched: string): Subscription[] {
    return this.read('WHERE watched=?', watched)
  }
  countOf(instance: string): { device: number; aor: number } {
    return this.sql
      .exec<{
        device: number
        aor: number
      }>('SELECT count(*) AS aor, coalesce(sum(instance=?), 0) AS device FROM sip_subscription', instance)
      .one()
  }
  keep(subscription: Subscription): void {
    const { id, callId, watched, instance } = subscription
    this.sql.exec(
      'INSERT OR REPLACE INTO sip_subscription (id, call_id, watched, instance, body) VALUES (?,?,?,?,?)',
      id,
      callId,
      watched,
      instance,
      JSON.stringify(subscription),
    )
  }
  drop(id: string): void {
    this.sql.exec('DELETE FROM sip_subscription WHERE id=?', id)
  }

  watchers(): { aor: string; until: number }[] {
    return this.sql.exec<{ aor: string; until: number }>('SELECT aor, until FROM sip_watcher').toArray()
  }
  /** False: too many watch already. */
  keepWatcher(aor: string, until: number, now: number): boolean {
    this.sql.exec('DELETE FROM sip_watcher WHERE until<=?', now)
    const others = this.sql.exec<{ n: number }>('SELECT count(*) AS n FROM sip_watcher WHERE aor<>?', aor).one().n
    if (others >= MOST_WATCHERS) return false
    this.sql.exec(
      'INSERT INTO sip_watcher (aor, until) VALUES (?,?) ON CONFLICT (aor) DO UPDATE SET until=max(until, excluded.until)',
      aor,
      until,
    )
    return true
  }
  dropWatcher(aor: string): void {
    this.sql.exec('DELETE FROM sip_watcher WHERE aor=?', aor)
  }
}
