import { codeFrom } from '#shared/domain/pool/disposition-set'
import type { FormField } from '#shared/domain/pool/form'

/** An id made of a question, free of the others'. */
export const fieldIdFor = (label: string, others: readonly FormField[]): string =>
  codeFrom(label, new Set(others.map(({ id }) => id)), 'field')
