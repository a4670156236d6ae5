import { filled, firstNameOf, type FieldValues, type ScriptPart } from '#shared/domain/pool/script'
import type { LeaseView } from '#shared/protocol/pulls'

type Filling = Pick<LeaseView, 'customer' | 'pool'>

/** POOL-28: what a script may name of this customer. */
export const valuesOf = ({ customer, pool }: Filling, agent: string): FieldValues => ({
  name: customer.name,
  firstName: firstNameOf(customer.name),
  userCode: customer.userCode,
  email: customer.email,
  phone: customer.phone,
  agent,
  pool: pool.name,
  custom: customer.custom,
})

/** By paragraphs, with its fields filled in. */
export const parts = (script: string, view: Filling, agent: string): ScriptPart[][] =>
  filled(script, valuesOf(view, agent))
