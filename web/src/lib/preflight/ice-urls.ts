import type { IceServer } from '#shared/protocol/ice'
import type { Need, RelayWay } from './check'

/** RFC 7064 §3.1, RFC 7065 §3.1. */
const URL_FORM = /^(stun|turn)(s?):(\[[0-9a-f:.]+\]|[^:?/[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i
const PORT = 3478
const SECURE_PORT = 5349

type Asked = 'stun' | RelayWay

/** What a server's address asks of the network. Null: not one that browsers take (TURN over DTLS among them). */
export function askedBy(url: string): { way: Asked; need: Need } | null {
  const found = URL_FORM.exec(url)
  if (!found) return null
  const [, scheme, s, host, port, transport] = found
  const isSecure = s !== ''
  const need = (protocol: Need['protocol']): Need => ({
    protocol,
    host: host!,
    port: port ? Number(port) : isSecure ? SECURE_PORT : PORT,
  })
  if (scheme!.toLowerCase() === 'stun') return { way: 'stun', need: need(isSecure ? 'TLS' : 'UDP') }
  if (isSecure) return transport?.toLowerCase() === 'udp' ? null : { way: 'turn-tls', need: need('TLS') }
  return transport?.toLowerCase() === 'tcp'
    ? { way: 'turn-tcp', need: need('TCP') }
    : { way: 'turn-udp', need: need('UDP') }
}

/** The servers of one way alone, to be tried by themselves. */
export function serversOf(servers: readonly IceServer[], way: Asked): IceServer[] {
  return servers.flatMap((server) => {
    const urls = server.urls.filter((url) => askedBy(url)?.way === way)
    return urls.length > 0 ? [{ ...server, urls }] : []
  })
}

export function needsOfServers(servers: readonly IceServer[]): Need[] {
  const needs = servers.flatMap(({ urls }) => urls.flatMap((url) => askedBy(url)?.need ?? []))
  const unique = new Map(needs.map((need) => [`${need.protocol} ${need.host}:${need.port}`, need]))
  return [...unique.values()]
}
