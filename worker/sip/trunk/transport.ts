import type { TrunkAddress } from '#shared/protocol/trunks'

export type Transport = TrunkAddress['transport']
const VIA: Record<Transport, string> = { ws: 'WS', wss: 'WSS', tcp: 'TCP', tls: 'TLS' }

/**
 * A message of ours as it leaves over this transport: its Via names it (RFC 3261 §18.1.1, RFC 7118 §5), and so does a Contact of ours.
 * All of the edge writes WSS: which connection a message takes is known here alone. Over TCP and TLS the answer comes back by the
 * connection it was asked over (§18.2.2); `rport` and `alias` ask for that where a proxy would open another (RFC 3581, RFC 5923).
 */
export function asSaidOver(transport: Transport, text: string): string {
  if (transport === 'wss') return text
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const isStream = transport === 'tcp' || transport === 'tls'
  const said = head
    .replace(/^(Via: SIP\/2\.0\/)WSS (edge\.invalid;branch=[^;\r\n]*)/m, (_, start: string, rest: string) =>
      isStream ? `${start}${VIA[transport]} ${rest};rport;alias` : `${start}${VIA[transport]} ${rest}`,
    )
    .replace(/^(Contact: <sips?:[^>\r\n]*\.invalid;transport=)ws\b/m, `$1${isStream ? transport : 'ws'}`)
  return said + text.slice(head.length)
}
