import type { SipRequest } from './message'
import { ALLOW_EVENTS, BODY_TYPE, type Asked, type Package } from './subscribe'
import { asSeen, dialogBody, presenceBody, type DialogStatus, type Status } from './subscription-body'
import { EDGE_HOST, writeRequest } from './write'

/**
 * One subscription of a phone (RFC 6665): plain data, a row in the room of who subscribed, so that it outlives evictions. Pure.
 *
 *   SUBSCRIBE ─▶ active ──NOTIFY──▶ waits for its answer ──2xx──▶ active      one NOTIFY at a time; what changes meanwhile, or
 *                  │                    └─ 481, 489…, 32 s ─▶ gone            too soon after the last, is told together after it
 *                  └─ Expires: 0, time is up, account closed ─▶ NOTIFY terminated ─▶ gone
 */
export type Subscription = {
  /** Also the user of our Contact. */
  id: string
  pack: Package
  eventId: string | null
  /** Who is watched: a user id; and the address that was asked for. */
  watched: string
  entity: string
  /** The device, as the line knows it. */
  instance: string
  callId: string
  localTag: string
  remoteTag: string
  local: string
  remote: string
  remoteTarget: string
  localSeq: number
  remoteSeq: number
  expiresAt: number
  /** Of the next dialog-info document (RFC 4235 §4.1). */
  version: number
  status: Status
  maySeeCustomers: boolean
  /** What was told last, and when. */
  told: string | null
  shown: DialogStatus[]
  toldAt: number
  waiting: { branch: string; at: number; until: number } | null
  isDue: boolean
}

export type Step = { next: Subscription | null; sends: string[] }
/** A branch of a request that the edge makes outside any call begins with this: its answers need no table. */
export const SUBSCRIPTION_BRANCH = 'z9hG4bKsub'

/** Milliseconds. Timer F (RFC 3261 §17.1.2.2). */
const ANSWER_MS = 32_000
/** RFC 3856 §6.10 and RFC 4235 §3.10: no more often than this. */
const GAP_MS: Record<Package, number> = { presence: 5_000, dialog: 1_000 }
/** RFC 5057 §5.1 and RFC 6665 §4.2.2: answers to a NOTIFY that end the subscription, or its dialog with it. */
const ENDING = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])

export type Opening = {
  id: string
  localTag: string
  watched: string
  instance: string
  status: Status
  maySeeCustomers: boolean
}
type Mint = { token(): string }

/** The dialog that a SUBSCRIBE makes (§4.4.1). Its first NOTIFY is `notify`, at once, whatever there is to tell (§4.2.1.2). */
export function open(request: SipRequest, asked: Asked, opening: Opening, now: number): Subscription {
  return {
    ...opening,
    pack: asked.pack,
    eventId: asked.eventId,
    entity: request.uri.split(';')[0]!,
    callId: request.callId,
    remoteTag: request.fromTag ?? '',
    local: `<${request.to.uri}>`,
    remote: `<${request.from.uri}>`,
    remoteTarget: request.contact()!.uri,
    localSeq: 0,
    remoteSeq: request.cseq.number,
    expiresAt: now + asked.seconds * 1000,
    version: 0,
    told: null,
    shown: [],
    toldAt: 0,
    waiting: null,
    isDue: false,
  }
}

/** A SUBSCRIBE within its dialog (§4.1.2.2); refused with 481 (not this one) or 500 (out of order). */
export function refresh(
  subscription: Subscription,
  request: SipRequest,
  asked: Asked,
  { instance, status, maySeeCustomers }: Pick<Opening, 'instance' | 'status' | 'maySeeCustomers'>,
  now: number,
): Subscription | { status: 481 | 500; reason: string } {
  const { localTag, remoteTag, pack, eventId, remoteSeq } = subscription
  if (request.toTag !== localTag || request.fromTag !== remoteTag || asked.pack !== pack || asked.eventId !== eventId)
    return { status: 481, reason: 'Subscription Does Not Exist' }
  if (request.cseq.number <= remoteSeq) return { status: 500, reason: 'Out of Order' }
  return {
    ...subscription,
    instance,
    maySeeCustomers,
    status: status.rev > subscription.status.rev ? status : subscription.status,
    remoteTarget: request.contact()?.uri ?? subscription.remoteTarget,
    remoteSeq: request.cseq.number,
    expiresAt: now + asked.seconds * 1000,
  }
}

/** Tells the whole state now (§4.2.2). One whose time is over is told that it is. */
export function notify(subscription: Subscription, now: number, mint: Mint): Step {
  if (subscription.status.isGone) return end(subscription, 'noresource', mint)
  if (subscription.expiresAt <= now) return end(subscription, 'timeout', mint)
  const branch = SUBSCRIPTION_BRANCH + mint.token()
  const left = Math.ceil((subscription.expiresAt - now) / 1000)
  const text = write(subscription, branch, `active;expires=${left}`)
  return {
    next: {
      ...subscription,
      localSeq: subscription.localSeq + 1,
      version: subscription.version + 1,
      told: viewOf(subscription),
      shown: seen(subscription),
      toldAt: now,
      waiting: { branch, at: now, until: now + ANSWER_MS },
      isDue: false,
    },
    sends: [text],
  }
}

function end(subscription: Subscription, reason: 'timeout' | 'noresource', mint: Mint): Step {
  const branch = SUBSCRIPTION_BRANCH + mint.token()
  return { next: null, sends: [write(subscription, branch, `terminated;reason=${reason}`)] }
}

/** Something of whom it watches has changed: told at once, or together with what comes within the gap. */
export function changed(subscription: Subscription, status: Status, now: number, mint: Mint): Step {
  if (status.rev <= subscription.status.rev) return { next: subscription, sends: [] }
  return goOn({ ...subscription, status, isDue: true }, now, mint)
}

/** An answer to a NOTIFY of its own. */
export function answered(subscription: Subscription, branch: string, status: number, now: number, mint: Mint): Step {
  if (status < 200) return { next: subscription, sends: [] }
  if (ENDING.has(status)) return { next: null, sends: [] }
  if (subscription.waiting?.branch !== branch) return { next: subscription, sends: [] }
  return goOn({ ...subscription, waiting: null }, now, mint)
}

/** The room that waited for an answer is gone, and the answer perhaps with it: what was told is told again, instead of ending. */
export function resumed(subscription: Subscription, bornAt: number): Subscription {
  const { waiting } = subscription
  if (!waiting || waiting.at >= bornAt) return subscription
  return { ...subscription, waiting: null, isDue: true, told: null, toldAt: 0 }
}

/** Time has passed; see `nextAt`. */
export function tick(subscription: Subscription, now: number, mint: Mint): Step {
  if (subscription.waiting && subscription.waiting.until <= now) return { next: null, sends: [] }
  if (subscription.expiresAt <= now) return end(subscription, 'timeout', mint)
  return goOn(subscription, now, mint)
}

function goOn(subscription: Subscription, now: number, mint: Mint): Step {
  if (subscription.status.isGone) return end(subscription, 'noresource', mint)
  const { isDue, waiting, toldAt, pack, told } = subscription
  if (!isDue || waiting || now - toldAt < GAP_MS[pack]) return { next: subscription, sends: [] }
  if (viewOf(subscription) === told) return { next: { ...subscription, isDue: false }, sends: [] }
  return notify(subscription, now, mint)
}

/** When `tick` is due. */
export function nextAt({ expiresAt, waiting, isDue, toldAt, pack }: Subscription): number {
  return Math.min(expiresAt, waiting ? waiting.until : isDue ? toldAt + GAP_MS[pack] : expiresAt)
}

const seen = ({ status, maySeeCustomers }: Subscription): DialogStatus[] => asSeen(status.dialogs, maySeeCustomers)

/** What of the state this subscription shows: nothing is told twice. */
function viewOf(subscription: Subscription): string {
  const { pack, status } = subscription
  return JSON.stringify(pack === 'presence' ? [status.isOpen, status.state] : seen(subscription))
}

function write(subscription: Subscription, branch: string, state: string): string {
  const { id, pack, eventId, entity, status, local, remote, localTag, remoteTag, callId, localSeq } = subscription
  const dialogs = seen(subscription)
  const ended = subscription.shown.filter((one) => !dialogs.some((living) => living.id === one.id))
  return writeRequest({
    method: 'NOTIFY',
    uri: subscription.remoteTarget,
    branch,
    from: `${local};tag=${localTag}`,
    to: `${remote};tag=${remoteTag}`,
    callId,
    cseq: localSeq + 1,
    contact: contactOf(id),
    headers: [
      `Event: ${pack}${eventId === null ? '' : `;id=${eventId}`}`,
      `Subscription-State: ${state}`,
      ALLOW_EVENTS,
    ],
    body: pack === 'presence' ? presenceBody(entity, status) : dialogBody(entity, subscription.version, dialogs, ended),
    contentType: BODY_TYPE[pack],
  })
}

export const contactOf = (id: string): string => `sip:${id}@${EDGE_HOST};transport=ws`
