import { UA, WebSocketInterface } from 'jssip'
import type { IncomingDTMFEvent, OutgoingDTMFEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { IncomingMessageEvent, OutgoingMessageEvent, RTCSessionEvent } from 'jssip/lib/UA'

/**
 * A telephone made of JsSIP alone, with JsSIP's own settings: nothing of our page is in it. It runs in a browser; what
 * happens to it is told by name (`event`), in order, each thing once.
 */
export type Account = { url: string; username: string; password: string; domain: string }
/** Milliseconds; moments are of the machine's clock. */
export type Times = { clickedAt: number; setUpMs: number; heardAt: number }

const audio = { audio: true, video: false }
const unread: string[] = []
const waiting: { name: string; found: () => void }[] = []
let userAgent: UA
let session: RTCSession
let answersByItself = false
let heardAt: Promise<number>

function happened(name: string): void {
  const at = waiting.findIndex((one) => one.name === name)
  if (at < 0) return void unread.push(name)
  unread.length = 0 // what came before it was passed over
  waiting.splice(at, 1)[0]!.found()
}

function take(name: string): Promise<void> {
  const at = unread.indexOf(name)
  if (at >= 0) return Promise.resolve(void unread.splice(0, at + 1))
  return new Promise((found, fail) => {
    const late = setTimeout(() => fail(new Error(`no "${name}"; unread: ${unread.join(', ')}`)), 10_000)
    waiting.push({
      name,
      found: () => {
        clearTimeout(late)
        found()
      },
    })
  })
}

const now = () => performance.timeOrigin + performance.now()

/** The moment the first packet of a call came in. */
async function firstPacket(of: RTCSession): Promise<number> {
  while (!of.isEnded()) {
    const stats = of.connection ? [...(await of.connection.getStats()).values()] : []
    const inbound = stats.find(({ type }) => type === 'inbound-rtp') as { packetsReceived: number } | undefined
    if (inbound && inbound.packetsReceived > 0) return now()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return Number.NaN
}

function use(next: RTCSession): void {
  session = next
  heardAt = firstPacket(next)
  const watch = (connection: RTCPeerConnection) =>
    connection.addEventListener('track', ({ track }) => {
      // WebRTC counts the energy of what is played
      document.querySelector('audio')!.srcObject = new MediaStream([track])
    })
  if (next.connection) watch(next.connection)
  next.on('peerconnection', ({ peerconnection }) => watch(peerconnection))
  next.on('progress', () => happened('progress'))
  next.on('confirmed', () => happened('talking'))
  next.on('ended', ({ originator }) => happened(`ended by ${originator}`))
  next.on('failed', ({ cause }) => happened(cause))
  next.on('hold', ({ originator }) => happened(`hold by ${originator}`))
  next.on('unhold', ({ originator }) => happened(`unhold by ${originator}`))
  next.on('newDTMF', ({ originator, dtmf }: IncomingDTMFEvent | OutgoingDTMFEvent) =>
    happened(`key ${dtmf.tone} by ${originator}`),
  )
}

const phone = {
  event: take,
  register(account: Account): Promise<void> {
    phone.start(account)
    return take('registered')
  },
  start({ url, username, password, domain }: Account): void {
    userAgent = new UA({
      sockets: [new WebSocketInterface(url)],
      uri: `sip:${username}@${domain}`,
      ...(password ? { password } : {}),
    })
    userAgent.on('registered', () => happened('registered'))
    userAgent.on('registrationFailed', ({ cause }) => happened(`not registered: ${cause}`))
    userAgent.on('newMessage', ({ originator, message, request }: IncomingMessageEvent | OutgoingMessageEvent) => {
      if (originator !== 'remote') return
      message.accept({})
      happened(`message: ${request.body}`)
    })
    userAgent.on('newRTCSession', (event: RTCSessionEvent) => {
      if (event.originator !== 'remote') return
      use(event.session)
      happened('ringing')
      if (answersByItself) phone.answer()
    })
    userAgent.start()
  },
  answerByItself: () => void (answersByItself = true),
  /** Answers when the INVITE leaves, or when it was refused before. */
  call(to: string): void {
    use(userAgent.call(to, { mediaConstraints: audio, pcConfig: { iceServers: [] } }))
  },
  /** From the INVITE to the 200 as the caller sees it; when it was asked for, and when the first packet came. */
  async timedCall(to: string): Promise<Times> {
    const clickedAt = now()
    phone.call(to)
    const setUpMs = new Promise<number>((resolve, reject) => {
      let sentAt = 0
      session.on('sending', () => (sentAt = now()))
      session.on('accepted', () => resolve(now() - sentAt))
      session.on('failed', ({ cause }) => reject(new Error(cause)))
    })
    return { clickedAt, setUpMs: await setUpMs, heardAt: await phone.firstSound() }
  },
  firstSound: () => heardAt,
  answer: () => session.answer({ mediaConstraints: audio, pcConfig: { iceServers: [] } }),
  hangUp: () => session.terminate(),
  decline: () => session.terminate({ status_code: 486, reason_phrase: 'Busy Here' }),
  hold: () => session.hold({}, () => happened('held')),
  resume: () => session.unhold({}, () => happened('resumed')),
  /** By SIP INFO, as JsSIP does by itself, or as a telephone event of RFC 4733. */
  key: (tone: string, by: 'INFO' | 'RFC2833') => session.sendDTMF(tone, { transportType: by as never }),
  /** RFC 4235: what the telephones of this agent do, told as lamps: dark, early, confirmed. */
  watch(whom: string): void {
    const subscriber = userAgent.subscribe(whom, 'dialog', 'application/dialog-info+xml', {})
    subscriber.on('notify', (_isFinal, _request, body) => {
      const states = [...(body ?? '').matchAll(/<state[^>]*>(\w+)</g)].map(([, state]) => state)
      happened(`lamp ${states.find((state) => state !== 'terminated') ?? 'dark'}`)
    })
    subscriber.subscribe()
  },
  say: (to: string, text: string) =>
    void userAgent.sendMessage(to, text, { eventHandlers: { succeeded: () => happened('delivered') } } as object),
  transfer: (to: string) =>
    session.refer(to, {
      eventHandlers: {
        accepted: () => happened('transferred'),
        failed: () => happened('transfer failed'),
      },
    }),
}
export type Phone = typeof phone
Object.assign(globalThis, { phone })
