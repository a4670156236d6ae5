import { describe, expect, it } from 'vitest'
import { fieldsIn, filled, scriptFor, unknownFields, type FieldValues } from '#shared/domain/pool/script'

const erin: FieldValues = {
  name: 'Erin Kaya',
  firstName: 'Erin',
  userCode: null,
  email: null,
  phone: '+905320000001',
  agent: 'Alice',
  pool: 'Renewals',
  custom: { Plan: 'Fibre', Ends: ' ' },
}
const read = (script: string, values = erin) =>
  filled(script, values).map((paragraph) => paragraph.map(({ text }) => text).join(''))
const nameless = { ...erin, name: null, firstName: null }

describe('a pool’s script', () => {
  it('[POOL-28] is filled in by paragraphs; what was filled in is told apart', () => {
    expect(read('Hello {name}, {agent} of {pool} here.\n\nYour {Plan} is fast.')).toEqual([
      'Hello Erin Kaya, Alice of Renewals here.',
      'Your Fibre is fast.',
    ])
    expect(filled('Hello { firstName }!', erin)).toEqual([
      [
        { text: 'Hello ', field: null },
        { text: 'Erin', field: 'firstName' },
        { text: '!', field: null },
      ],
    ])
  })

  it('[POOL-28] reads well where a value is missing', () => {
    expect(read('Hello {name}, how are you?', nameless)).toEqual(['Hello, how are you?'])
    expect(read('{name}, good morning.', nameless)).toEqual(['good morning.'])
    expect(read('Your plan ends {Ends}.')).toEqual(['Your plan ends.'])
    expect(read('Hello {name|dear customer}!', nameless)).toEqual(['Hello dear customer!'])
    expect(read('{userCode}\nBye.')).toEqual(['Bye.'])
    expect(read('مرحباً {name}، كيف حالك؟', nameless)).toEqual(['مرحباً، كيف حالك؟'])
  })

  it('[POOL-28] says which fields nobody in the pool has', () => {
    const script = 'Hello {name|there}, {Plna} {Plan} {name} {nickname}'
    expect(fieldsIn(script)).toEqual(['name', 'Plna', 'Plan', 'nickname'])
    expect(unknownFields(script, ['Plan'])).toEqual(['Plna', 'nickname'])
    expect(fieldsIn('{} {a\nb} text')).toEqual([])
  })

  it('[POOL-28] is read in the customer’s language, else the agent’s, else as the pool has it', () => {
    const pool = { script: 'Hi', scripts: { tr: 'Merhaba', es: ' ' } }
    expect(scriptFor(pool, ['tr-TR', 'en'])).toEqual({ script: 'Merhaba', language: 'tr' })
    expect(scriptFor(pool, ['es', 'tr'])).toEqual({ script: 'Merhaba', language: 'tr' })
    expect(scriptFor(pool, [null, 'ar'])).toEqual({ script: 'Hi', language: null })
    expect(scriptFor({ script: 'Hi' }, ['tr'])).toEqual({ script: 'Hi', language: null })
  })
})
