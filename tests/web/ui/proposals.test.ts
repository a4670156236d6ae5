import { describe, expect, it } from 'vitest'
import { e164Of } from '../../../web/src/routes/(app)/do-not-call/number'
import { isUsername, usernameOf } from '../../../web/src/routes/(app)/people/proposal'

describe('a username from a name', () => {
  it.each([
    ['Ayşe Yılmaz', 'ayse.yilmaz'],
    ['Mariana Solís Vargas', 'mariana.vargas'],
    ['İpek', 'ipek'],
    ['Łukasz Øst', 'lukasz.ost'],
    ['  Bob   Okafor ', 'bob.okafor'],
    ['ليلى منصور', ''],
    ['', ''],
  ])('%s → %s', (name, username) => {
    expect(usernameOf(name, [])).toBe(username)
    if (username) expect(isUsername(username)).toBe(true)
  })
  it('counts up where it is taken', () => {
    expect(usernameOf('Bob Okafor', ['bob.okafor', 'bob.okafor2'])).toBe('bob.okafor3')
  })
})

describe('a number as people write it', () => {
  it.each([
    ['+90 (555) 010-0123', '+905550100123'],
    ['0044 20 7946 0123', '+442079460123'],
    ['\u200e+1-202-555-0101', '+12025550101'],
    ['555 010 0123', null],
    ['+0 123', null],
    ['hello', null],
  ])('%s → %s', (written, number) => expect(e164Of(written)).toBe(number))
})
