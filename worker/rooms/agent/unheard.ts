/** As long as SIP's own transactions wait (64·T1). */
const OLDEST_MS = 32_000
/** An answer said longer ago than a phone takes to notice that its socket died was heard. */
const ANSWER_MS = 10_000
const MOST = 48
/** Pages that were reloaded leave a contact behind that never registers again. */
const MOST_CONTACTS = 24

type Said = { text: string; at: number; asks: string | null }

/**
 * What was sent to each device over sockets that may have been dead already (PHONE-8), to be said again when it registers over
 * another one: requests until they are answered, all else for a while. Phones know what they have heard (RFC 3261 §17.2.3). By
 * contact: a page that was reloaded has another one, and nothing to do with what its forerunner was told. In memory only: what a
 * room forgot by sleeping was said long before.
 */
export class Unheard {
  private readonly said = new Map<string, Said[]>()

  say(contact: string, text: string, now: number): void {
    const kept = (this.said.get(contact) ?? []).filter((one) => now - one.at < OLDEST_MS)
    const isRequest = !text.startsWith('SIP/2.0') && !text.startsWith('ACK ')
    kept.push({ text, at: now, asks: isRequest ? keyOf(text) : null })
    this.said.delete(contact)
    this.said.set(contact, kept.slice(-MOST))
    // the one that was told something longest ago
    if (this.said.size > MOST_CONTACTS) this.said.delete(this.said.keys().next().value!)
  }

  /** The final answer to a request of ours came. */
  answered(contact: string, branch: string, method: string): void {
    const kept = this.said.get(contact)
    if (kept)
      this.said.set(
        contact,
        kept.filter(({ asks }) => asks !== `${branch} ${method}`),
      )
  }

  again(contact: string, now: number): string[] {
    const kept = this.said.get(contact) ?? []
    this.said.delete(contact)
    const due = kept.filter(({ at, asks }) => now - at < (asks === null ? ANSWER_MS : OLDEST_MS))
    for (const { text, at } of due) this.say(contact, text, at)
    return due.map(({ text }) => text)
  }
}

/** Our own requests: their form is known. */
function keyOf(text: string): string | null {
  const branch = /^Via: [^\r\n]*;branch=([^;,\s]+)/m.exec(text)?.[1]
  const method = /^CSeq: \d+ (\w+)/m.exec(text)?.[1]
  return branch && method ? `${branch} ${method}` : null
}
