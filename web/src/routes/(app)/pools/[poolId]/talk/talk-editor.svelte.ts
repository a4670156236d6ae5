import { moved } from '#shared/domain/pool/disposition-set'
import { formProblems, type FieldKind, type FieldWords, type FormField } from '#shared/domain/pool/form'
import type { Scripts } from '#shared/protocol/pool-talk'
import type { PoolView } from '#shared/protocol/pools'
import { fieldIdFor } from './field-id'

export type Language = keyof Scripts
/** A question being edited. `isNew`: its id follows its label until it is saved. `written`: its choices, one a line. */
export type FieldRow = {
  key: string
  isNew: boolean
  id: string
  label: string
  kind: FieldKind
  required: boolean
  written: string
  words: Record<Language, FieldWords>
}
type Talk = Pick<PoolView, 'version' | 'script' | 'scripts' | 'form'>

/** POOL-28: a pool's script and form while they are edited. */
export class TalkEditor {
  version = $state(0)
  script = $state('')
  scripts = $state<Record<Language, string>>({ en: '', tr: '', es: '', ar: '' })
  rows = $state<FieldRow[]>([])
  private saved = $state.raw('')
  private n = 0
  readonly form = $derived(this.rows.map(fieldOf))
  readonly problems = $derived(formProblems(this.form))
  readonly isDirty = $derived(JSON.stringify(this.body) !== this.saved)

  constructor(pool: Talk) {
    this.take(pool)
  }

  /** As the server has it. */
  take({ version, script, scripts, form }: Talk): void {
    this.version = version
    this.script = script
    this.scripts = { en: '', tr: '', es: '', ar: '', ...scripts }
    this.rows = (form ?? []).map(({ id, label, kind, required, options, words }) => ({
      key: `field-${++this.n}`,
      isNew: false,
      ...{ id, label, kind, required, written: options.join('\n'), words: { ...noWords(), ...words } },
    }))
    this.saved = JSON.stringify(this.body)
  }

  /** As it is sent; a language without a text is left out. */
  get body() {
    const scripts = Object.fromEntries(Object.entries(this.scripts).filter(([, text]) => text.trim() !== '')) as Scripts
    return { script: this.script, scripts, form: this.form }
  }

  textOf = (language: Language | null): string => (language === null ? this.script : this.scripts[language])
  write(language: Language | null, text: string): void {
    if (language === null) this.script = text
    else this.scripts[language] = text
  }

  add(): void {
    const key = `field-${++this.n}`
    const id = fieldIdFor('', this.form)
    this.rows.push({ key, isNew: true, id, label: '', kind: 'text', required: false, written: '', words: noWords() })
  }
  name(row: FieldRow, label: string): void {
    row.label = label
    if (!row.isNew) return
    const others = this.rows.filter(({ key }) => key !== row.key).map(fieldOf)
    row.id = fieldIdFor(label, others)
  }
  move(row: FieldRow, by: number): void {
    const from = this.rows.findIndex(({ key }) => key === row.key)
    const to = from + by
    if (to >= 0 && to < this.rows.length) this.rows = moved(this.rows, from, to)
  }
  remove(row: FieldRow): void {
    this.rows = this.rows.filter(({ key }) => key !== row.key)
  }
}

/** A row as it is sent: of the words of other languages only those that something was written in. */
function fieldOf({ id, label, kind, required, written, words }: FieldRow): FormField {
  const chooses = kind === 'choice' || kind === 'choices'
  const options = chooses
    ? written
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
    : []
  const named = Object.entries(words).flatMap(([language, one]) => {
    const kept = options.flatMap((option) => {
      const text = one.options[option]?.trim()
      return text ? [[option, text] as const] : []
    })
    const question = one.label.trim()
    return question || kept.length > 0 ? [[language, { label: question, options: Object.fromEntries(kept) }]] : []
  })
  return {
    ...{ id, label: label.trim(), kind, required, options },
    ...(named.length > 0 && { words: Object.fromEntries(named) as FormField['words'] }),
  }
}

function noWords(): Record<Language, FieldWords> {
  const none = (): FieldWords => ({ label: '', options: {} })
  return { en: none(), tr: none(), es: none(), ar: none() }
}
