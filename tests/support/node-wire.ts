import WebSocketOfNode from 'ws'
import { SipAgent, type Wire } from './sip-agent'

/** A SIP socket to a running server, opened as a program does: token, ticket, /sip?ticket=…. */
export async function sipWire(url: string, accessToken: string): Promise<Wire> {
  const reply = await fetch(`${url}/api/sip/tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}` },
  })
  if (!reply.ok) throw new Error(await reply.text())
  const { ticket } = (await reply.json()) as { ticket: string }
  return opened(`${url.replace(/^http/, 'ws')}/sip?ticket=${ticket}`, 'sip')
}

/** A live socket and every event said on it, from the first: the picture of how things stand may come with the opening. */
export async function liveWire<Event>(
  url: string,
  accessToken: string,
  topic: string,
): Promise<{ wire: Wire; said: Event[] }> {
  const said: Event[] = []
  const wire = await opened(
    `${url.replace(/^http/, 'ws')}/api/live?topic=${topic}`,
    'switchroom.v1',
    { authorization: `Bearer ${accessToken}` },
    (text) => {
      if (text.startsWith('{')) said.push(JSON.parse(text) as Event)
    },
  )
  return { wire, said }
}

async function opened(
  address: string,
  protocol: string,
  headers: Record<string, string> = {},
  heard: (text: string) => void = () => undefined,
): Promise<Wire> {
  const socket = new WebSocketOfNode(address, protocol, { headers })
  socket.on('message', (data: Buffer) => heard(data.toString()))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  return socket as unknown as Wire
}

export async function registered(url: string, accessToken: string, username: string): Promise<SipAgent> {
  const agent = new SipAgent(username, await sipWire(url, accessToken))
  const answer = await agent.register()
  if (answer.status !== 200) throw new Error(answer.start)
  return agent
}
