import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SENTENCES } from '#shared/protocol/problem'

const LANGUAGES = ['en', 'tr', 'es', 'ar'] as const
const root = path.join(import.meta.dirname, '../../../web')
const areas = readdirSync(path.join(root, 'messages'))

type Variants = { declarations?: string[]; selectors?: string[]; match: Record<string, string> }[]
type Message = string | Variants
const read = (area: string, language: string): Record<string, Message> => {
  const { $schema: _schema, ...messages } = JSON.parse(
    readFileSync(path.join(root, `messages/${area}/${language}.json`), 'utf8'),
  )
  return messages
}
const textsOf = (message: Message): string[] =>
  typeof message === 'string' ? [message] : message.flatMap((variant) => Object.values(variant.match))
const holesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()
const union = (message: Message): string[] => [...new Set(textsOf(message).flatMap(holesOf))].sort()

describe.each(areas)('messages of %s', (area) => {
  const english = read(area, 'en')

  it.each(LANGUAGES)('[LOOK-3] %s has every message, and none of its own', (language) => {
    expect(Object.keys(read(area, language)).sort()).toEqual(Object.keys(english).sort())
  })

  it.each(LANGUAGES)('[LOOK-3] %s says something everywhere, with the same holes to fill', (language) => {
    const wrong = Object.entries(read(area, language)).filter(
      ([key, message]) =>
        textsOf(message).some((text) => text.trim() === '') ||
        union(message).join() !== union(english[key] ?? '').join(),
    )
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it.each(LANGUAGES)('[LOOK-3] %s has every plural form its grammar asks for', (language) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const lacking = Object.entries(read(area, language)).flatMap(([key, message]) => {
      if (typeof message === 'string') return []
      return message.flatMap((variant) => {
        const forms = Object.keys(variant.match).map((match) => match.split('=').pop()!)
        const isPlural = (variant.declarations ?? []).some((line) => /:\s*plural/.test(line))
        return isPlural
          ? needed.filter((form) => !forms.includes(form) && !forms.includes('*')).map((form) => `${key}: ${form}`)
          : []
      })
    })
    expect(lacking).toEqual([])
  })
})

it('[LOOK-3] no key belongs to two areas', () => {
  const all = areas.flatMap((area) => Object.keys(read(area, 'en')))
  expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([])
})

it('[LOOK-5] every refusal has its sentence in four languages', () => {
  const keys = Object.keys(SENTENCES).map((code) => `refusal_${code.replaceAll('-', '_')}`)
  for (const language of LANGUAGES) {
    const known = Object.keys(read('common', language))
    expect(
      keys.filter((key) => !known.includes(key)),
      language,
    ).toEqual([])
  }
})

it('[LOOK-5] every refusal is given its sentence by the client', () => {
  const words = readFileSync(path.join(root, 'src/lib/api/words.ts'), 'utf8')
  expect(Object.keys(SENTENCES).filter((code) => !words.includes(`m.refusal_${code.replaceAll('-', '_')}`))).toEqual([])
})
