/** POOL-28: the fields every customer has; the columns of the pool's lists come beside them. */
export const FIXED_FIELDS = ['name', 'firstName', 'userCode', 'email', 'phone', 'agent', 'pool'] as const
export type FixedField = (typeof FIXED_FIELDS)[number]
export type FieldValues = Record<FixedField, string | null> & { custom: Readonly<Record<string, string>> }

/** A piece of a paragraph: written text, or what stands in the place of a field (`field` says which). */
export type ScriptPart = { text: string; field: string | null }

type Piece = { text: string } | { field: string; fallback: string | null; written: string }

/** `{name}`, or `{name|there}` with what is said where there is no name. A field may not contain braces. */
const FIELD = /(\{[^{}\n]{1,120}\})/

function pieces(paragraph: string): Piece[] {
  return paragraph
    .split(FIELD)
    .filter((text) => text !== '')
    .map((text) => {
      if (!FIELD.test(text)) return { text }
      const [field = '', ...rest] = text.slice(1, -1).split('|')
      const fallback = rest.join('|').trim()
      return { field: field.trim(), fallback: fallback || null, written: text }
    })
}

/** What a script names, each once, in its order. */
export function fieldsIn(script: string): string[] {
  const named = script.split('\n').flatMap((line) => pieces(line).flatMap((one) => ('field' in one ? [one.field] : [])))
  return [...new Set(named)]
}

/** What it names that no customer of this pool has: a slip of the pen, or a column no list brought. */
export function unknownFields(script: string, columns: readonly string[]): string[] {
  const known = new Set<string>([...FIXED_FIELDS, ...columns])
  return fieldsIn(script).filter((field) => !known.has(field))
}

/**
 * The script by paragraphs, as it is read aloud. Where a customer has no value the fallback is said; without one the field
 * goes, with the space before it, so that "Hello {name}, …" reads "Hello, …"; a paragraph of nothing but gaps goes too.
 */
export function filled(script: string, values: FieldValues): ScriptPart[][] {
  return script
    .split(/\n+/)
    .map((paragraph) => fillParagraph(paragraph.trim(), values))
    .filter((parts) => parts.some(({ text }) => /[\p{L}\p{N}]/u.test(text)))
}

function fillParagraph(paragraph: string, values: FieldValues): ScriptPart[] {
  const parts: ScriptPart[] = []
  let isGap = false
  for (const piece of pieces(paragraph)) {
    if ('field' in piece) {
      const value = valueOf(piece.field, values) ?? piece.fallback
      if (value !== null) parts.push({ text: value, field: piece.field })
      else {
        const before = parts.at(-1)
        if (before?.field === null) before.text = before.text.trimEnd()
      }
      isGap = value === null
    } else {
      // nothing before it to hang a comma on
      const isFirst = parts.every(({ text }) => text.trim() === '')
      const text = isGap && isFirst ? piece.text.replace(/^[\s,;:،؛.]+/, '') : piece.text
      if (text !== '') parts.push({ text, field: null })
      isGap = false
    }
  }
  return parts.filter(({ text }) => text !== '')
}

function valueOf(field: string, values: FieldValues): string | null {
  const value = (FIXED_FIELDS as readonly string[]).includes(field) ? values[field as FixedField] : values.custom[field]
  return value?.trim() ? value.trim() : null
}

/** The first word of a name; titles and the like are the list's own affair. */
export const firstNameOf = (name: string | null): string | null => name?.trim().split(/\s+/)[0] || null

/**
 * Which text is read: the first of these languages that the pool has one in (the customer's, then the agent's), else the
 * pool's own.
 */
export function scriptFor<L extends string>(
  pool: { script: string; scripts?: Partial<Record<L, string>> | undefined },
  languages: readonly (string | null)[],
): { script: string; language: L | null } {
  for (const language of languages) {
    const short = language?.toLowerCase().split(/[-_]/)[0] as L | undefined
    const script = short && pool.scripts?.[short]
    if (script?.trim()) return { script, language: short ?? null }
  }
  return { script: pool.script, language: null }
}
