/** So many texts at most, each no longer than that: what a stranger sends fills no memory, and a thousand agents fit. */
const MOST = 4_096
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
    // a text of its own: a part of a message would hold the whole of it
    const own = [...text].join('')
    const fresh = read(own)
    if (known.size >= MOST) known.clear()
    known.set(own, fresh)
    return fresh
  }
}
