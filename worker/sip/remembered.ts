/** So many texts at most, each no longer than that: what a stranger sends fills no memory. */
const MOST = 512
const LONGEST = 320

/**
 * A pure reading of a text that remembers its last answers. The same addresses come again in every message of a dialog and in
 * every refresh of a registration, and reading them is a third of what a REGISTER costs. What is answered is shared: nobody changes it.
 */
export function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (text.length > LONGEST) return read(text)
    const answer = known.get(text)
    if (answer !== undefined) return answer
    const fresh = read(text)
    if (known.size >= MOST) known.clear()
    known.set(text, fresh)
    return fresh
  }
}
