import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'

it('[POOL-18] the table of numbers is what scripts/make-number-table.mjs makes of its packages', async () => {
  const root = new URL('../../../../', import.meta.url).pathname
  const file = `${root}shared/domain/hours/number-table.ts`
  const printed = execFileSync('node', [`${root}scripts/make-number-table.mjs`, '--print'], { encoding: 'utf8' })
  const options = await resolveConfig(file)
  const made = await format(printed, { ...options, plugins: [], parser: 'typescript' })
  expect(readFileSync(file, 'utf8')).toBe(made)
})
