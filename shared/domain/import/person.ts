type WithCode = { fields: { userCode: string | null } }

/** Another user code on the same number is another person; where either is silent, the number is the person. */
export const isOther = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other

/**
 * IMP-4: which of the people who share a number a row speaks of: the one with its user code, else one whose code is not
 * known; a row without a code speaks of who came first. `people` in order of arrival. Null: of none of them.
 */
export function personOf<P extends WithCode>(people: readonly P[], userCode: string | null): P | null {
  if (userCode === null) return people[0] ?? null
  const named = people.find(({ fields }) => fields.userCode === userCode)
  return named ?? people.find(({ fields }) => fields.userCode === null) ?? null
}
