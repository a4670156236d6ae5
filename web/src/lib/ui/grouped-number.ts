/**
 * A number as it is read aloud, without the metadata of every country: its country code, then groups of three or four.
 * Never cut, and the digits are the ones that are dialled.
 */
export function grouped(e164: string): string {
  const match = /^\+(1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/.exec(e164)
  if (!match) return e164
  const [, code, rest] = match as unknown as [string, string, string]
  return `+${code} ${groupsOf(rest).join(' ')}`
}

function groupsOf(digits: string): string[] {
  if (digits.length <= 4) return [digits]
  if (digits.length === 8) return [digits.slice(0, 4), digits.slice(4)]
  const groups: string[] = []
  let rest = digits
  while (rest.length > 4) {
    groups.push(rest.slice(0, 3))
    rest = rest.slice(3)
  }
  return [...groups, rest]
}
