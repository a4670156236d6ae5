import type { ListedFields } from './staged'

const TEXTS = ['name', 'userCode', 'email', 'notes', 'language', 'timeZone'] as const

/**
 * IMP-4, policy merge: what the list says fills and updates, what it is silent about stays. Tags are joined, custom fields
 * merged by key. `changed` names the fields that differ afterwards; merging the same list twice changes nothing.
 */
export function mergeListed(
  known: ListedFields,
  listed: ListedFields,
): { fields: ListedFields; changed: (keyof ListedFields)[] } {
  const fields: ListedFields = { ...known }
  const changed: (keyof ListedFields)[] = []
  for (const name of TEXTS) {
    const says = listed[name]
    if (says === null || says === known[name]) continue
    fields[name] = says
    changed.push(name)
  }
  const added = listed.tags.filter((tag) => !known.tags.includes(tag))
  if (added.length > 0) {
    fields.tags = [...known.tags, ...added]
    changed.push('tags')
  }
  const differs = Object.entries(listed.custom).filter(([key, value]) => known.custom[key] !== value)
  if (differs.length > 0) {
    fields.custom = { ...known.custom, ...Object.fromEntries(differs) }
    changed.push('custom')
  }
  return { fields, changed }
}
