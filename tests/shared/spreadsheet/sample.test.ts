import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRow } from '#shared/domain/import/row'
import { readList } from '#shared/spreadsheet/list'
import { numbering } from '#worker/import/numbering'

const LIMITS = { bytes: 10_000_000, unzippedBytes: 30_000_000, rows: 20_000 }

describe('the sample file that people download', () => {
  it.each(['TR', 'US', 'ES'])(
    '[IMP-8] has 8 rows, the first Ahmet Yılmaz, USR001, all of them good in a pool of %s',
    async (country) => {
      const bytes = readFileSync('web/static/sample.xlsx')
      const list = await readList(bytes, { name: 'sample.xlsx', country }, LIMITS)
      if (!list.ok) throw new Error(list.refusal)
      const { rows, columns } = list.value
      expect(columns.map(({ field }) => field)).toEqual(['name', 'userCode', 'phone', 'email', 'notes', 'priority'])
      expect(rows).toHaveLength(8)
      expect(rows[0]).toMatchObject({ name: 'Ahmet Yılmaz', userCode: 'USR001' })
      const read = rows.map((row) => readRow(row, country, numbering))
      expect(read.map(({ fault }) => fault)).toEqual(Array(8).fill(null))
      expect(new Set(read.map(({ phone }) => phone)).size).toBe(8)
      expect(read.flatMap((row) => (row.fault ? [] : row.warnings))).toEqual([])
    },
  )
})
