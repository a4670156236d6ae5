import { choose, mayPull, type Chosen } from '#shared/domain/agent/presence'
import type { RefusalCode } from '#shared/protocol/problem'
import { log } from '../../log'
import type { ShellStore } from '../shell-store'
import type { AgentStore } from './agent-store'
import type { PresenceKeeper } from './presence-keeper'

const AWAY = 'away'
/** A browser agent whose last device went is shown offline after this long: a reload or a lift takes less. */
const AWAY_MS = 60_000
/** An agent who pulled or said something this lately is at the desk, whatever the sockets say. */
const AT_DESK_MS = 60_000

type Parts = {
  store: AgentStore
  shell: ShellStore
  presence: PresenceKeeper
  /** Open live sockets; registered phones. */
  viewers(): number
  phones(): number
  dialsInBrowser(): boolean
  onChange(): void
  inGroup(decide: () => void): Promise<void>
}

/** Whether the agent is here: what they chose, whether a device is open, and when they last did something (AGENT-2). */
export class Attendance {
  private actedAt = 0

  constructor(private readonly room: Parts) {}

  /** Inside a group. Refuses phone-not-registered. */
  choose(state: Chosen, reason: string | null, now: number) {
    const { presence } = this.room
    const phone = { needed: this.room.dialsInBrowser(), registered: this.room.phones() > 0 }
    const chosen = choose(presence.now, { state, reason }, phone, now)
    if (!chosen.ok) return { refused: chosen.refusal }
    presence.keep(chosen.value)
    const shown = presence.shown(now)
    return { state: shown.state, since: shown.since }
  }

  /** POOL-9, POOL-17: why no new customer may be given now; null: nothing is in the way. */
  whyNotPull(): RefusalCode | null {
    if (this.room.store.owed().length > 0) return 'disposition-owed'
    return mayPull(this.room.presence.now, Date.now()) ? null : 'not-available'
  }

  isAtDesk(): boolean {
    return this.room.viewers() > 0 || Date.now() - this.actedAt < AT_DESK_MS
  }

  /** The agent does something: they are here, with or without a socket. */
  acts(): void {
    this.actedAt = Date.now()
    void this.isBack()
  }

  async isBack(): Promise<void> {
    const { presence } = this.room
    if (presence.now.awaySince === null) return
    presence.now = { ...presence.now, awaySince: null }
    this.room.onChange()
    await this.room
      .inGroup(() => presence.keep(presence.now))
      .catch((fault: unknown) => log.warn('return not kept', { fault }))
  }

  /** A socket closed, or a phone unregistered. */
  deviceMayHaveGone(): void {
    if (!this.isGone()) return
    this.room
      .inGroup(() => this.room.shell.setTimer(AWAY, Date.now() + AWAY_MS))
      .catch((fault: unknown) => log.warn('absence not noted', { fault }))
  }

  /** Inside a group. False: the timer is not this. */
  onTimer(name: string, now: number): boolean {
    if (name !== AWAY) return false
    const { presence } = this.room
    if (this.isGone()) presence.keep({ ...presence.now, awaySince: now })
    return true
  }

  private isGone(): boolean {
    return this.room.viewers() === 0 && this.room.phones() === 0 && this.room.presence.now.chosen.state !== 'offline'
  }
}
