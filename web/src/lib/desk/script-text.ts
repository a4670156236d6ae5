import type { LeaseView } from '#shared/protocol/pulls'

export type ScriptPart = { text: string; isFilled: boolean }

type Filling = Pick<LeaseView, 'customer' | 'pool'>

/** POOL-28, begun: the pool's script by paragraphs, with {agent}, {name}, {userCode}, {pool} and the list's own columns filled in. */
export function parts(script: string, view: Filling, agent: string): ScriptPart[][] {
  return script
    .split(/\n+/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => filled(paragraph, view, agent))
}

function filled(paragraph: string, view: Filling, agent: string): ScriptPart[] {
  return paragraph
    .split(/(\{[^{}]{1,60}\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const value = /^\{.*\}$/.test(piece) ? valueOf(piece.slice(1, -1).trim(), view, agent) : null
      return value === null ? { text: piece, isFilled: false } : { text: value, isFilled: true }
    })
}

/** An unknown field stays as it was written: a blank would be read aloud. */
function valueOf(field: string, { customer, pool }: Filling, agent: string): string | null {
  const known: Record<string, string | null> = {
    agent,
    name: customer.name,
    userCode: customer.userCode,
    email: customer.email,
    phone: customer.phone,
    pool: pool.name,
  }
  return known[field] ?? customer.custom[field] ?? null
}
