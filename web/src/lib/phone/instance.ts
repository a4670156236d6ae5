/**
 * RFC 5626 §4.1: the device's name at the registrar, a UUID that outlives reloads. A leg at the edge belongs to (AOR,
 * instance), never to a socket. Kept per user and browser: only the tab that owns the telephone uses it.
 */
export function instanceOf(username: string, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): string {
  const key = `phone-instance:${username}`
  const kept = storage.getItem(key)
  if (kept && /^[0-9a-f-]{36}$/.test(kept)) return kept
  const made = crypto.randomUUID()
  storage.setItem(key, made)
  return made
}

/** The edge's SIP socket on the host that served this page. `guest`: a telephone that nobody signed in to. */
export function sipServer(page: Pick<Location, 'protocol' | 'host'>, guest?: string): string {
  const socket = page.protocol === 'https:' ? 'wss' : 'ws'
  return `${socket}://${page.host}/sip${guest ? `?guest=${encodeURIComponent(guest)}` : ''}`
}
