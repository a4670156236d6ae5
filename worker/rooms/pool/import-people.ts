/** A person who shares a number with the first row of it in the list: the lowest row with their user code. */
export type OwnRow = { row: number; part: number }
type Named = { phone: string; userCode: string }

/**
 * IMP-4: people of a list who stand on a number behind another row of it. A list whose numbers are all different, or whose
 * rows have no user codes, has no rows here.
 */
export class ImportPeople {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS import_person (
        no INTEGER NOT NULL, phone TEXT NOT NULL, code TEXT NOT NULL, row INTEGER NOT NULL, part INTEGER NOT NULL,
        PRIMARY KEY (no, phone, code)
      ) WITHOUT ROWID;
    `)
  }

  /** The lowest rows that these people have so far, by `keyOfPerson`. */
  firsts(no: number, people: readonly Named[]): Map<string, OwnRow> {
    if (people.length === 0) return new Map()
    const rows = this.sql
      .exec<OwnRow & Named>(
        `SELECT p.phone, p.code AS userCode, p.row, p.part FROM json_each(?2) j
           CROSS JOIN import_person p WHERE p.no=?1 AND p.phone=j.value->>0 AND p.code=j.value->>1`,
        no,
        JSON.stringify(people.map(({ phone, userCode }) => [phone, userCode])),
      )
      .toArray()
    return new Map(rows.map(({ row, part, ...person }) => [keyOfPerson(person), { row, part }]))
  }

  put(no: number, { phone, userCode, row, part }: Named & OwnRow): void {
    this.sql.exec(
      `INSERT INTO import_person (no, phone, code, row, part) VALUES (?,?,?,?,?)
         ON CONFLICT(no, phone, code) DO UPDATE SET row=excluded.row, part=excluded.part WHERE excluded.row<row`,
      no,
      phone,
      userCode,
      row,
      part,
    )
  }

  /** Of imports that are over. */
  forgetDecided(): void {
    this.sql.exec('DELETE FROM import_person WHERE no IN (SELECT no FROM import_run WHERE settled_at IS NOT NULL)')
  }
}

export const keyOfPerson = ({ phone, userCode }: Named): string => `${phone} ${userCode}`
