import { describe, expect, it } from 'vitest'
import { cellsOf, delimiterOf, numberColumn } from '../../../web/src/lib/do-not-call/number-column'

const columnOf = (text: string) => {
  const lines = text.split('\n')
  const delimiter = delimiterOf(lines)
  return numberColumn(lines.map((line) => cellsOf(line, delimiter)))
}

describe('where the numbers of a do-not-call list stand', () => {
  it('[POOL-16] one a line, with or without a header', () => {
    expect(columnOf('+905321234567\n+905321234568')).toEqual({ index: 0, headers: 0 })
    expect(columnOf('blocked\n+905321234567')).toEqual({ index: 0, headers: 1 })
  })
  it('[POOL-16] under a header that names a phone, whatever else has digits', () => {
    expect(columnOf('kod;Telefon Numarası;ad\n1234567890;0532 123 45 67;Ahmet')).toEqual({ index: 1, headers: 1 })
  })
  it('[POOL-16] without a header where most cells look like numbers', () => {
    expect(columnOf('Ahmet,+905321234567,x\n"Öz, Ayşe",+905321234568,y')).toEqual({ index: 1, headers: 0 })
  })
  it('[POOL-16] a list that was exported is a list that can be imported', () => {
    expect(columnOf("number,at,by,reason\n'+90850*,2026-11-21,Carol,\n+905321234567,2026-11-21,Carol,letter")).toEqual({
      index: 0,
      headers: 1,
    })
  })
})
