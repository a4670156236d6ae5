/** As long as SIP itself would repeat and wait (64·T1, RFC 3261 §17.1.1.2), twice: a cut may last. */
const OLDEST_MS = 64_000
/** A call that nobody has heard of is not placed when its line comes back later than this. */
const UNHEARD_INVITE_MS = 8_000
const MOST = 128

type Said = {
  text: string
  at: number
  /** Of a request that waits for its final answer. */
  asks: string | null
  isInvite: boolean
  /** Said before the keep-alive that is on its way. */
  isBeforeBeat: boolean
  /** It is known to have arrived. */
  hasArrived: boolean
}

/**
 * What a telephone said and was told, kept over the cuts of its socket (PHONE-8). A message sent into a dead socket is lost
 * without a word: it is said again over the next one, unless an answered keep-alive proves that it arrived (a socket keeps
 * the order). Requests are said again until they are answered. What comes twice for the same reason is answered as before.
 */
export class Spoken {
  private said: Said[] = []
  /** Final answers we gave, by the request's branch and method. */
  private readonly replies = new Map<string, string>()

  /** We send this. */
  say(text: string, now: number): void {
    const method = methodOf(text)
    const asks = method !== null && method !== 'ACK' ? keyOf(text) : null
    const isInvite = method === 'INVITE' && !/^(?:to|t)\s*:[^\r\n]*;\s*tag=/im.test(headOf(text))
    this.said.push({ text, at: now, asks, isInvite, isBeforeBeat: false, hasArrived: false })
    if (this.said.length > MOST) this.said.shift()
    const key = method === null && statusOf(text) >= 200 ? keyOf(text) : null
    if (key === null) return
    this.replies.set(key, text)
    if (this.replies.size > MOST) this.replies.delete(this.replies.keys().next().value!)
  }

  /** This came. The answer we gave when it came before, to be given again; null: it is new, or not answered yet. */
  hear(text: string): string | null {
    const status = statusOf(text)
    const key = keyOf(text)
    if (key === null) return null
    if (status === 0) return methodOf(text) === 'ACK' ? null : (this.replies.get(key) ?? null)
    for (const one of this.said) if (one.asks === key) one.hasArrived = true
    if (status >= 200) this.said = this.said.filter((one) => one.asks !== key)
    return null
  }

  /** A request waits for its answer. */
  get isAsking(): boolean {
    return this.said.some((one) => one.asks !== null)
  }

  /** A keep-alive goes out. */
  beat(): void {
    for (const one of this.said) one.isBeforeBeat = true
  }

  /** It was answered: all that was said before it has arrived. */
  echoed(): void {
    for (const one of this.said) if (one.isBeforeBeat) one.hasArrived = true
    this.said = this.said.filter((one) => one.asks !== null || !one.hasArrived)
  }

  /** What is to be said over a new socket, in order. */
  again(now: number): string[] {
    this.said = this.said.filter(
      (one) => now - one.at < (one.isInvite && !one.hasArrived ? UNHEARD_INVITE_MS : OLDEST_MS),
    )
    for (const one of this.said) one.isBeforeBeat = false
    return this.said.map((one) => one.text)
  }

  forget(): void {
    this.said = []
    this.replies.clear()
  }
}

const headOf = (text: string): string => text.split('\r\n\r\n', 1)[0]!
const statusOf = (text: string): number => Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0)
export const methodOf = (text: string): string | null => /^([A-Z]+) [^\r\n]+ SIP\/2\.0\r\n/.exec(text)?.[1] ?? null

/** RFC 3261 §17.1.3, §17.2.3: a transaction is known by the branch of its top Via and its method. */
function keyOf(text: string): string | null {
  const head = headOf(text)
  const branch = /^(?:via|v)\s*:[^\r\n]*?;\s*branch=([^;,\s]+)/im.exec(head)?.[1]
  const method = /^cseq\s*:\s*\d+\s+(\S+)/im.exec(head)?.[1]
  return branch && method ? `${branch} ${method}` : null
}
