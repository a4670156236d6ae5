import type { CustomerNews } from '#shared/protocol/customer-edit'
import type { Spell } from '#shared/domain/agent/reachability'
import { meEvent, type MeEvent, type Owed } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import type { AgentState, Dialling, Me } from '#shared/protocol/session'
import { api } from '$lib/api/client'
import { isSessionOver, type Trouble } from '$lib/api/reply'
import { RoomSocket, type LiveStatus } from '$lib/live/room-socket'
import { followOrder } from '$lib/phone/ordered-merge'
import type { Phone } from '$lib/phone/phone'

export type PresenceNews = {
  /** The live socket opened: what waits is sent, what is held is compared. */
  lineOpened(): void
  leaseReleased(leaseId: string, by: string, reason: string | null): void
  meChanged(leaseId: string | null, owed: Owed[]): void
  /** POOL-5: the customer in hand was completed by a late word. */
  leaseWarned(leaseId: string, by: string): void
  /** POOL-25: an urgent customer, given without a pull. */
  leasePushed(lease: LeaseView): void
  /** POOL-15: someone else moved or cancelled a promise of mine. */
  callbacksChanged(): void
  /** POOL-23: the customer in hand is edited, or was edited. */
  customerNews(news: CustomerNews): void
  signedOut(code: string): void
}
const REGISTER_WAIT_MS = 10_000
/** What is over for longer is no news to a page that has just been opened. */
const NEWS_MS = 60_000

/** No network is no reason to give up; only the edge can say that the session is over. */
async function isStillSignedIn(): Promise<boolean> {
  const reply = await api.get('/api/me')
  return reply.ok || !isSessionOver(reply.problem.code)
}

/** My state as the edge sees it (FLOOR-1), live; and how I change it. */
export class Presence {
  state = $state<AgentState>('offline')
  reason = $state<string | null>(null)
  since = $state(0)
  wrapUpEndsAt = $state<number | null>(null)
  dialling = $state.raw<Dialling>({ with: 'handset', carrier: 'none', why: 'no-carrier' })
  line = $state<LiveStatus>('connecting')
  isChanging = $state(false)
  /** PHONE-8: this page did not answer for so long; set when it is over, to be said once. */
  notReached = $state.raw<Spell | null>(null)
  private readonly socket: RoomSocket<MeEvent>
  private readonly closing = new AbortController()

  constructor(
    private readonly me: Me,
    private readonly phone: Phone,
    private readonly news: PresenceNews,
  ) {
    this.state = me.state
    this.reason = me.stateReason
    this.since = me.stateSince
    this.dialling = me.dialling
    this.socket = new RoomSocket<MeEvent>({
      topic: 'me',
      schema: meEvent,
      onEvent: (event) => this.take(event),
      onStatus: (status) => {
        this.line = status
        if (status === 'live') news.lineOpened()
      },
      mayRetry: isStillSignedIn,
    })
  }

  start(): void {
    const { signal } = this.closing
    addEventListener('online', () => this.nudge(), { signal })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.nudge(), {
      signal,
    })
    this.socket.start()
    if (this.wantsPhone && this.isWorking) void this.startPhone()
  }
  stop(): void {
    this.closing.abort()
    this.socket.stop()
  }
  /** The network is back: do not wait for the next try. */
  private nudge(): void {
    this.socket.nudge()
  }

  get needsPhone(): boolean {
    return this.dialling.with === 'browser'
  }
  /** Without a carrier colleagues are still called by extension; who chose their own telephone is not asked for a microphone. */
  get wantsPhone(): boolean {
    return this.needsPhone || this.dialling.why === 'no-carrier'
  }
  get isWorking(): boolean {
    return this.state !== 'offline' && this.state !== 'not-ready'
  }

  /** Going available from a press also unlocks the sound and the microphone (PHONE-1). */
  async change(state: 'available' | 'not-ready' | 'offline', reason?: string): Promise<Trouble | null> {
    if (this.isChanging) return null
    this.isChanging = true
    try {
      if (state === 'available' && this.wantsPhone) {
        const started = this.startPhone()
        if (this.needsPhone) await started
      }
      const reply = await api.put('/api/me/state', { body: { state, ...(reason ? { reason } : {}) } })
      if (!reply.ok) return reply.problem
      if (this.line !== 'live') {
        this.state = state
        this.reason = reason ?? null
        this.since = Date.now()
      }
      if (state === 'offline') await this.phone.stop()
      return null
    } finally {
      this.isChanging = false
    }
  }

  /** Registers and waits a little for the line: the edge asks for a registered phone before it says available. */
  async startPhone(): Promise<void> {
    if (this.phone.line === 'registered') return
    await this.phone.start({
      username: this.me.user.username,
      domain: this.me.sipDomain,
      displayName: this.me.user.name,
    })
    const until = Date.now() + REGISTER_WAIT_MS
    while (this.phone.line === 'connecting' && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50))
  }

  private take(event: MeEvent): void {
    if (event.type === 'snapshot' || event.type === 'agent-state-changed') {
      const { me } = event
      this.state = me.state
      this.reason = me.reason
      this.since = me.since
      this.wrapUpEndsAt = me.wrapUpEndsAt
      this.dialling = me.dialling
      const { notReached: spell = null } = me
      if (spell && spell.until !== this.notReached?.until && event.at - spell.until < NEWS_MS) this.notReached = spell
      // The demo telephone was opened meanwhile, or a trunk came up: from now on calls are made here.
      if (this.wantsPhone && this.isWorking && this.phone.line === 'off' && !this.isChanging) void this.startPhone()
      this.news.meChanged(me.leaseId, me.owed)
    } else if (event.type === 'lease-released') this.news.leaseReleased(event.leaseId, event.by, event.reason)
    else if (event.type === 'customer-news') this.news.customerNews(event)
    else if (event.type === 'lease-warned') this.news.leaseWarned(event.leaseId, event.by)
    else if (event.type === 'lease-pushed') this.news.leasePushed(event.lease)
    else if (event.type === 'merge-ordered') void followOrder(this.phone, event)
    else if (event.type === 'callbacks-changed') this.news.callbacksChanged()
    else if (event.type === 'signed-out') this.news.signedOut(event.code)
  }
}
