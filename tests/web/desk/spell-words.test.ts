import { expect, it } from 'vitest'
import { spellWords } from '../../../web/src/lib/desk/spell-words'

const noon = 1_000_000

it('[PHONE-8] how long the page did not answer, in the agent’s language', () => {
  const lasted = (ms: number, language: string) => spellWords({ since: noon, until: noon + ms }, language)
  expect(lasted(40_400, 'en')).toBe('40 seconds')
  expect(lasted(0, 'en')).toBe('1 second')
  expect(lasted(119_000, 'en')).toBe('119 seconds')
  expect(lasted(3_660_000, 'en')).toBe('61 minutes')
  expect(lasted(40_000, 'tr')).toBe('40 saniye')
  expect(lasted(40_000, 'es')).toBe('40 segundos')
  expect(lasted(40_000, 'ar-u-nu-latn')).toContain('40')
})
