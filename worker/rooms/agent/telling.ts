import type * as z from 'zod'
import type { AgentPicture, MeEvent, meState } from '#shared/protocol/live'
import type { Dialling } from '#shared/protocol/session'
import { log } from '../../log'
import type { LiveSockets } from '../live-sockets'
import type { AgentProfile } from '../ports'
import type { ShellStore } from '../shell-store'
import type { AgentStore } from './agent-store'
import type { Desk } from './desk'
import type { FloorNews } from './floor-news'
import type { PresenceKeeper } from './presence-keeper'
import type { Reachability } from './reachability'

type MeState = z.infer<typeof meState>
/** Wakes the room when the lease in hand has lapsed, so that the state is seen to change. */
const LEASE_TIMER = 'lease'
/** Long, because it is a commit of its own beside every pull; a cold start within it knows the state, and guesses since when. */
const SAVE_MS = 3_000
/** While one change follows another it is put off, but no longer than this; a room that has nothing to do must fall asleep soon. */
const SAVE_AT_LAST_MS = 15_000

type Parts = {
  store: AgentStore
  shell: ShellStore
  desk: Desk
  presence: PresenceKeeper
  reach: Pick<Reachability, 'spell'>
  live: LiveSockets<MeEvent>
  floor: FloorNews
  profile(): AgentProfile | null
  dialling(): Dialling
  inGroup(decide: () => void): Promise<void>
}

/** What others see of an agent: their own devices at once, the floor right after (FLOOR-1). Tells only what is different. */
export class Telling {
  private toldMe = ''
  private toldFloor = ''
  private lastChange = 0
  private unsavedSince: number | null = null
  private isDue = false

  constructor(private readonly room: Parts) {}

  meState(): MeState {
    const { presence, store, desk, reach } = this.room
    const now = Date.now()
    const { state, reason, since } = presence.shown(now)
    return {
      state,
      reason,
      since,
      wrapUpEndsAt: state === 'wrap-up' ? (presence.now.wrapUp?.endsAt ?? null) : null,
      dialling: this.room.dialling(),
      owed: store.owed(),
      leaseId: desk.inHand(now)?.lease.id ?? null,
      ...(reach.spell ? { notReached: reach.spell } : {}),
    }
  }

  /** Once for all that changed in this turn: a command alone says so three times. */
  changed(): void {
    if (this.isDue) return
    this.isDue = true
    queueMicrotask(() => {
      this.isDue = false
      this.tell()
    })
  }

  private tell(): void {
    const profile = this.room.profile()
    if (!profile) return
    const me = this.meState()
    const toMe = JSON.stringify(me)
    if (toMe !== this.toldMe) {
      this.toldMe = toMe
      this.room.live.publish({ type: 'agent-state-changed', me })
    }
    if (profile.disabledAt !== null && this.room.presence.now.calls.length === 0) return this.leaveFloor(profile)
    const picture = this.picture(profile, me)
    const toFloor = JSON.stringify(picture)
    // supervisors and administrators are on the floor only while they work themselves
    const isShown = profile.role === 'agent' || me.state !== 'offline' || this.toldFloor !== ''
    if (toFloor === this.toldFloor || !isShown) return
    this.toldFloor = toFloor
    this.room.floor.say({ ...picture, rev: this.room.floor.nextRev(Date.now()) })
    this.saveSoon()
  }

  private leaveFloor(profile: AgentProfile): void {
    if (this.toldFloor !== GONE) this.room.floor.gone(profile.userId)
    this.toldFloor = GONE
  }

  private picture(profile: AgentProfile, me: MeState): Omit<AgentPicture, 'rev'> {
    const held = this.room.desk.inHand(Date.now())
    return {
      agentId: profile.userId,
      name: profile.name,
      extension: profile.extension,
      state: me.state,
      reason: me.reason,
      since: me.since,
      lease: held && {
        poolId: held.entry.poolId,
        poolName: held.pool.name,
        entryId: held.entry.id,
        customerName: held.customer.name,
        phone: held.customer.phone,
        token: held.lease.token,
        expiresAt: held.lease.expiresAt,
      },
      callId: this.room.presence.now.calls.at(-1)?.callId ?? null,
    }
  }

  /** Off the way of what is answered: since when the state holds, and when the lease will have lapsed. */
  private saveSoon(): void {
    this.lastChange = Date.now()
    if (this.unsavedSince !== null) return
    this.unsavedSince = this.lastChange
    this.saveAfter(SAVE_MS)
  }

  private saveAfter(ms: number): void {
    setTimeout(() => {
      const now = Date.now()
      const rest = Math.min(this.lastChange + SAVE_MS, (this.unsavedSince ?? now) + SAVE_AT_LAST_MS) - now
      if (rest > 0) return this.saveAfter(rest)
      this.unsavedSince = null
      const lapsesAt = this.room.presence.now.lease?.expiresAt ?? 0
      this.room
        .inGroup(() => {
          this.room.presence.keepShown()
          if (lapsesAt > now) this.room.shell.setTimer(LEASE_TIMER, lapsesAt)
        })
        .catch((fault: unknown) => log.warn('state not saved', { fault }))
    }, ms)
  }
}

const GONE = 'gone'
