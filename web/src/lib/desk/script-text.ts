import type { LeaseView } from '#shared/protocol/pulls'

export type ScriptPart = { text: string; isFilled: boolean }

/** POOL-28, begun: the pool's script by paragraphs, with {name}, {userCode}, {pool} and the list's own columns filled in. */
export function parts(script: string, view: Pick<LeaseView, 'customer' | 'pool'>): ScriptPart[][] {
  return script
    .split(/\n+/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => filled(paragraph, view))
}

function filled(paragraph: string, view: Pick<LeaseView, 'customer' | 'pool'>): ScriptPart[] {
  return paragraph
    .split(/(\{[^{}]{1,60}\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const value = /^\{.*\}$/.test(piece) ? valueOf(piece.slice(1, -1).trim(), view) : null
      return value === null ? { text: piece, isFilled: false } : { text: value, isFilled: true }
    })
}

/** An unknown field stays as it was written: a blank would be read aloud. */
function valueOf(field: string, { customer, pool }: Pick<LeaseView, 'customer' | 'pool'>): string | null {
  const known: Record<string, string | null> = {
    name: customer.name,
    userCode: customer.userCode,
    email: customer.email,
    phone: customer.phone,
    pool: pool.name,
  }
  return known[field] ?? customer.custom[field] ?? null
}
