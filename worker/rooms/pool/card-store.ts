import type { ListedFields } from '#shared/domain/import/staged'
import { insertRows } from './insert-rows'

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

const COLUMNS = [
  'id',
  'name',
  'phone_given',
  'user_code',
  'email',
  'notes',
  'language',
  'time_zone',
  'tags',
  'custom',
  'created_at',
  'updated_at',
]

export class CardStore {
  constructor(
    private readonly sql: SqlStorage,
    /** POOL-18: told of the zone the list gives, where it may have changed. */
    private readonly onTimeZone: (entryId: number, timeZone: string | null) => void = () => {},
  ) {}

  get(entryId: number): Card {
    return cardOf(this.sql.exec<Row>('SELECT * FROM card WHERE id=?', entryId).one())
  }

  getMany(entryIds: readonly number[]): Map<number, Card> {
    const rows = this.sql
      .exec<Row & { id: number }>(
        'SELECT card.* FROM json_each(?) j CROSS JOIN card ON card.id=j.value',
        JSON.stringify(entryIds),
      )
      .toArray()
    return new Map(rows.map((row) => [row.id, cardOf(row)]))
  }

  /** The columns of the newest customers' lists, by name. */
  customFields(): string[] {
    return this.sql
      .exec<{ key: string }>(
        'SELECT DISTINCT key FROM (SELECT custom FROM card ORDER BY id DESC LIMIT 500), json_each(custom) ORDER BY key LIMIT 200',
      )
      .toArray()
      .map((row) => row.key)
  }

  names(entryIds: readonly number[]): Map<number, string | null> {
    const rows = this.sql.exec<{ id: number; name: string | null }>(
      'SELECT card.id, name FROM json_each(?) j CROSS JOIN card ON card.id=j.value',
      JSON.stringify(entryIds),
    )
    return new Map([...rows].map(({ id, name }) => [id, name]))
  }

  /** New ones in one statement. */
  insertMany(cards: readonly (readonly [number, Card])[]): void {
    const rows = cards.map(([entryId, card]) => [
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
    ])
    insertRows(this.sql, 'card', {}, COLUMNS, rows)
  }

  /** Nothing else of it changes. */
  putTags(entryId: number, tags: string[], updatedAt: number): void {
    this.sql.exec('UPDATE card SET tags=?, updated_at=? WHERE id=?', JSON.stringify(tags), updatedAt, entryId)
  }

  removeMany(entryIds: readonly number[]): void {
    this.sql.exec('DELETE FROM card WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(entryIds))
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
    if (card.timeZone !== null || card.updatedAt !== card.createdAt) this.onTimeZone(entryId, card.timeZone)
  }
}

/** Of somebody who comes in; field by field, because a list has hundreds of thousands and a spread costs ten times as much. */
export const newCard = (listed: ListedFields, phoneGiven: string, now: number): Card => ({
  name: listed.name,
  userCode: listed.userCode,
  email: listed.email,
  notes: listed.notes,
  language: listed.language,
  timeZone: listed.timeZone,
  tags: listed.tags,
  custom: listed.custom,
  phoneGiven,
  createdAt: now,
  updatedAt: now,
})

const cardOf = (row: Row): Card => ({
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
})
