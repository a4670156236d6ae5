import { describe, expect, it } from 'vitest'
import { readDoNotCallCell } from '#shared/domain/do-not-call/cell'
import { numbering } from '#worker/import/numbering'

const read = (text: string) => {
  const result = readDoNotCallCell(text, 'TR', numbering)
  return result.ok ? result.value : result.refusal
}

describe('a cell of a do-not-call list', () => {
  it.each([
    ['+905321234567', ['+905321234567']],
    ['+90 (532) 123-45.67', ['+905321234567']],
    ['0090 532 123 45 67', ['+905321234567']],
    ['0532 123 45 67', ['+905321234567']],
    ['٠٥٣٢١٢٣٤٥٦٧', ['+905321234567']],
    ['0532 123 45 67 / 0532 765 43 21', ['+905321234567', '+905327654321']],
    // a range that is not given out is no reason to call it
    ['+905009999999', ['+905009999999']],
    ['+90850*', ['+90850*']],
    ['0090 850 *', ['+90850*']],
    ["'+90850*", ['+90850*']],
  ])('[POOL-16] %s names %j', (text, values) => expect(read(text)).toEqual(values))

  it.each([
    ['', 'phone-missing'],
    ['5,32E+09', 'phone-rounded'],
    ['call me', 'phone-invalid'],
    ['112', 'phone-short'],
    ['0850*', 'beginning-without-country'],
    ['+*', 'beginning-without-country'],
  ])('[POOL-16] %s is none: %s', (text, refusal) => expect(read(text)).toBe(refusal))
})
