import { may } from '#shared/domain/access/table'
import type { Role } from '#shared/protocol/users'
import { findByDialled } from '../../db/directory'
import type { Env } from '../../env'
import { log } from '../../log'
import type { SipRequest, SipResponse } from '../../sip/message'
import { readSubscribe, type Asked } from '../../sip/subscribe'
import {
  answered,
  changed,
  contactOf,
  nextAt,
  notify,
  open,
  refresh,
  resumed,
  tick,
  type Step,
  type Subscription,
} from '../../sip/subscription'
import type { Status } from '../../sip/subscription-body'
import { ALLOW, echoOf, writeResponse } from '../../sip/write'
import { agentRoom, asking } from '../doors'
import { withTimeout } from '../room'
import type { ShellStore } from '../shell-store'
import { MOST_OF_AOR, MOST_OF_DEVICE, type SubscriptionStore } from './subscription-store'

/** What the AgentRoom lends to the subscriptions of its phones. */
export type SubscriberRoom = {
  env: Env
  ctx: Pick<DurableObjectState, 'waitUntil'>
  userId(): string
  role(): Role | 'guest'
  shell: ShellStore
  store: SubscriptionStore
  inGroup<T>(decide: () => T): Promise<T>
  /** To one device, in order. */
  deliver(instance: string, texts: string[]): boolean
}

const TIMER = 'subscriptions'
/** Who may add to what a phone sends: a dialog's addresses are kept in its row. */
const LONGEST_ADDRESSES = 2_000
const TIMEOUT_MS = 2_000
type Refusal = { status: number; reason: string; headers?: string[] }

/**
 * The subscriptions of one AOR's phones (SIP-5, RFC 6665). The dialog is kept here, beside the sockets; what there is to tell
 * comes from the room of whom they watch, which pushes every change (`told`). Nothing of it is global.
 *
 *   SUBSCRIBE ─▶ directory ─▶ AgentRoom of the watched: watch ─▶ commit ─▶ 200, NOTIFY ··· told ─▶ NOTIFY
 */
export class Subscriptions {
  private readonly bornAt = Date.now()

  constructor(private readonly room: SubscriberRoom) {}

  /** Refuses 400, 403, 404, 406, 423, 481, 489, 500, 503. */
  async request(instance: string, request: SipRequest): Promise<void> {
    const respond = (status: number, reason: string, headers: string[] = [], toTag = token()) =>
      writeResponse(echoOf(request), status, reason, { toTag, headers })
    const refuse = ({ status, reason, headers }: Refusal) =>
      void this.room.deliver(instance, [respond(status, reason, headers)])
    try {
      const taken = await this.take(instance, request)
      if ('status' in taken) return refuse(taken)
      const { asked, subscription, sends } = taken
      const { id, localTag } = subscription
      const headers = [`Contact: <${contactOf(id)}>`, `Expires: ${asked.seconds}`, ALLOW]
      this.room.deliver(instance, [respond(200, 'OK', headers, localTag), ...sends])
    } catch (fault) {
      log.warn('subscription not taken', { room: this.room.userId(), fault })
      refuse({ status: 503, reason: 'Service Unavailable', headers: ['Retry-After: 5'] })
    }
  }

  private async take(
    instance: string,
    request: SipRequest,
  ): Promise<Refusal | { asked: Asked; subscription: Subscription; sends: string[] }> {
    const { room } = this
    const asked = readSubscribe(request)
    if ('status' in asked) return asked
    const role = room.role()
    if (!may(role, 'presence.watch')) return { status: 403, reason: 'Watching Is Not Permitted' }
    const contact = request.contact()
    if (request.toTag === null && !contact) return { status: 400, reason: 'Missing Contact' }
    const addresses = [request.uri, request.to.uri, request.from.uri, contact?.uri ?? '']
    if (addresses.join('').length > LONGEST_ADDRESSES) return { status: 400, reason: 'Addresses Too Long' }

    const known = request.toTag === null ? null : this.inDialog(request)
    if (request.toTag !== null && !known) return { status: 481, reason: 'Subscription Does Not Exist' }
    const watched = known ? known.watched : await this.whom(request)
    if (watched === null) return { status: 404, reason: 'Not Found' }
    const until = Date.now() + asked.seconds * 1000
    const status = await asking(
      () => agentRoom(room.env, watched),
      (agent) => agent.watch({ by: room.userId(), until }),
    )
    if ('refused' in status) return { status: 503, reason: 'Too Many Watchers', headers: ['Retry-After: 300'] }
    const seen = { instance, status, maySeeCustomers: this.seesCustomers }
    return room.inGroup(() => {
      const now = Date.now()
      const next = known
        ? this.refreshed(request, asked, seen, now)
        : this.opened(request, asked, { ...seen, id: token(), localTag: token(), watched }, now)
      if (!('pack' in next)) return next
      const step = notify(next, now, mint)
      this.apply(next, step)
      return { asked, subscription: next, sends: step.sends }
    })
  }

  private get seesCustomers(): boolean {
    return may(this.room.role(), 'floor.read')
  }

  private async whom({ target }: SipRequest): Promise<string | null> {
    if (!target.user) return null
    const found = await withTimeout(findByDialled(this.room.env.DB, target.user, Date.now()), TIMEOUT_MS)
    return found?.userId ?? null
  }

  private inDialog({ callId, toTag }: SipRequest): Subscription | null {
    return this.room.store.ofCall(callId).find(({ localTag }) => localTag === toTag) ?? null
  }

  /** In a group. What was known before another room was asked may be gone. */
  private refreshed(request: SipRequest, asked: Asked, seen: Parameters<typeof refresh>[3], now: number) {
    const known = this.inDialog(request)
    return known ? refresh(known, request, asked, seen, now) : { status: 481, reason: 'Subscription Does Not Exist' }
  }

  private opened(request: SipRequest, asked: Asked, opening: Parameters<typeof open>[2], now: number) {
    const { store } = this.room
    // a phone that asks again in the same words did not hear us: one dialog is enough
    for (const known of store.ofCall(request.callId)) if (known.remoteTag === request.fromTag) store.drop(known.id)
    const count = store.countOf(opening.instance)
    if (asked.seconds > 0 && (count.device >= MOST_OF_DEVICE || count.aor >= MOST_OF_AOR))
      return { status: 403, reason: 'Too Many Subscriptions' }
    return open(request, asked, opening, now)
  }

  /** The room of somebody who is watched tells how they are. `isWanted` false: nobody here watches them (any more). */
  async told(watched: string, status: Status): Promise<{ isWanted: boolean }> {
    return this.inOrder(
      () => this.room.store.of(watched),
      // by their role of now: it may have changed since they subscribed
      (one, now) => changed({ ...resumed(one, this.bornAt), maySeeCustomers: this.seesCustomers }, status, now, mint),
    )
  }

  /** An answer to a NOTIFY. */
  async answered({ callId, status, via }: SipResponse): Promise<void> {
    if (status < 200) return
    const branch = via.branch ?? ''
    await this.inOrder(
      () => this.room.store.ofCall(callId),
      (one, now) => answered(one, branch, status, now, mint),
    )
  }

  /** Inside a group. False: the timer is not this. */
  onTimer(name: string, now: number): boolean {
    if (name !== TIMER) return false
    for (const one of this.room.store.all()) {
      if (nextAt(one) > now) continue
      const step = tick(resumed(one, this.bornAt), now, mint)
      this.apply(one, step)
      this.sayAfterCommit(one, step)
    }
    this.arm()
    return true
  }

  private async inOrder(which: () => Subscription[], decide: (one: Subscription, now: number) => Step) {
    const steps = await this.room.inGroup(() => {
      const now = Date.now()
      return which().map((one) => {
        const step = decide(one, now)
        if (step.next !== one) this.apply(one, step)
        return { one, step }
      })
    })
    for (const { one, step } of steps) this.room.deliver(one.instance, step.sends)
    return { isWanted: steps.some(({ step }) => step.next !== null) }
  }

  /** In a group. */
  private apply({ id }: Subscription, { next }: Step): void {
    if (next) this.room.store.keep(next)
    else this.room.store.drop(id)
    this.arm()
  }

  private arm(): void {
    const ends = this.room.store.all().map(nextAt)
    if (ends.length > 0) this.room.shell.setTimer(TIMER, Math.min(...ends))
    else this.room.shell.clearTimer(TIMER)
  }

  private sayAfterCommit({ instance }: Subscription, { sends }: Step): void {
    if (sends.length > 0) setTimeout(() => this.room.deliver(instance, sends), 0)
  }
}

const token = () => crypto.randomUUID().replaceAll('-', '').slice(0, 16)
const mint = { token }
