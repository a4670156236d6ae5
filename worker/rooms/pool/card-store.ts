import type { ListedFields } from '#shared/domain/import/staged'

/** What is known of the customer behind an entry. */
export type Card = ListedFields & { phoneGiven: string; createdAt: number; updatedAt: number }
type Row = {
  name: string | null
  phone_given: string
  user_code: string | null
  email: string | null
  notes: string | null
  language: string | null
  time_zone: string | null
  tags: string
  custom: string
  created_at: number
  updated_at: number
}

export class CardStore {
  constructor(private readonly sql: SqlStorage) {}

  get(entryId: number): Card {
    const row = this.sql.exec<Row>('SELECT * FROM card WHERE id=?', entryId).one()
    return {
      name: row.name,
      phoneGiven: row.phone_given,
      userCode: row.user_code,
      email: row.email,
      notes: row.notes,
      language: row.language,
      timeZone: row.time_zone,
      tags: JSON.parse(row.tags) as string[],
      custom: JSON.parse(row.custom) as Record<string, string>,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }
  }

  put(entryId: number, card: Card): void {
    this.sql.exec(
      `INSERT OR REPLACE INTO card (id, name, phone_given, user_code, email, notes, language, time_zone, tags, custom, created_at, updated_at)
       VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
      entryId,
      card.name,
      card.phoneGiven,
      card.userCode,
      card.email,
      card.notes,
      card.language,
      card.timeZone,
      JSON.stringify(card.tags),
      JSON.stringify(card.custom),
      card.createdAt,
      card.updatedAt,
    )
  }
}
