import { describe, expect, it } from 'vitest'
import {
  generatePassword,
  hashPassword,
  isOutdated,
  isTooWeak,
  verifyNobody,
  verifyPassword,
} from '#worker/auth/password'

const PEPPER = 'pepper'

describe('[AUTH-2] passwords', () => {
  it('verifies what it hashed, with its own salt and the parameters in the hash', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse', PEPPER), hashPassword('correct horse', PEPPER)])
    expect(one).toMatch(/^scrypt\$16384\$8\$5\$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('correct horse', one, PEPPER)).toBe(true)
    expect(await verifyPassword('correct horsf', one, PEPPER)).toBe(false)
    expect(isOutdated(one)).toBe(false)
  })

  it('a stolen database without the pepper is of no use', async () => {
    expect(await verifyPassword('correct horse', await hashPassword('correct horse', PEPPER), 'another')).toBe(false)
  })

  it('a password typed on another keyboard is the same password', async () => {
    const composed = 'kalabalık-çarşı'.normalize('NFC')
    expect(await verifyPassword(composed.normalize('NFD'), await hashPassword(composed, PEPPER), PEPPER)).toBe(true)
  })

  it('takes older parameters from the hash, and never more work than the platform allows', async () => {
    const made = await hashPassword('x', PEPPER)
    expect(isOutdated(made.replace('$5$', '$1$'))).toBe(true)
    for (const cost of ['$16777216$8$5$', '$16384$64$5$', '$NaN$8$5$']) {
      await expect(verifyPassword('x', made.replace('$16384$8$5$', cost), PEPPER)).rejects.toThrow('platform')
    }
    expect(await verifyPassword('x', 'plain', PEPPER)).toBe(false)
    expect(await verifyNobody('x', PEPPER)).toBe(false)
  })

  it('generates 80 bits that can be read aloud', () => {
    const made = new Set(Array.from({ length: 200 }, () => generatePassword()))
    expect(made.size).toBe(200)
    for (const one of made) expect(one).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/)
  })

  it('knows the ones that are guessed first', () => {
    expect(isTooWeak('aaaaaaaaaaaa', 'alice')).toBe(true)
    expect(isTooWeak('Alice-2026-!', 'alice')).toBe(true)
    expect(isTooWeak('correct-horse-battery', 'alice')).toBe(false)
  })
})
