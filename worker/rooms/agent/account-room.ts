import type { RefusalCode } from '#shared/protocol/problem'
import type { Env } from '../../env'
import type { Actor, AgentProfile } from '../ports'
import { Room } from '../room'
import { AgentStore } from './agent-store'
import { ProfileCopy } from './profile-copy'
import { Sessions } from './sessions'

/** The account in an AgentRoom: who the user is, which sessions live, who may try a password (AUTH-2, AUTH-3). */
export abstract class AccountRoom extends Room {
  protected readonly store: AgentStore
  protected readonly sessions: Sessions
  protected readonly profile: ProfileCopy

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new AgentStore(this.sql)
    this.sessions = new Sessions(this.store, this.name)
    this.profile = new ProfileCopy(this.store, env, this.name, (decide) => this.inGroup(null, decide))
  }

  /** The sockets of a session that ended. */
  protected abstract dropSockets(sessionId: string, code: RefusalCode): void
  /** Something that others see may be different. */
  protected abstract changed(): void

  async openSession(input: { kind: 'browser' | 'program'; userAgent: string; now: number }) {
    await this.profile.read()
    const profile = this.profile.now
    if (!profile) return { refused: 'not-found' as const }
    if (profile.disabledAt !== null) return { refused: 'account-disabled' as const }
    return this.inGroup(null, () => this.sessions.open(input))
  }

  async checkSession(sessionId: string) {
    const now = Date.now()
    const found = this.sessions.find(sessionId, now)
    if (!found.live) return { live: false, code: found.code }
    if (this.sessions.needsNote(found.session, now)) {
      await this.inGroup(null, () => this.sessions.noteUse(found.session, now))
    }
    const profile = await this.profile.get()
    if (!profile || profile.disabledAt !== null) return { live: false, code: 'account-disabled' as const }
    const { username, name, role, mustChangePassword = false } = profile
    const { kind, expires_at: expiresAt } = found.session
    return { live: true, actor: { username, name, role, mustChangePassword, kind, expiresAt } }
  }

  async refresh(sessionId: string, refreshToken: string) {
    const now = Date.now()
    const { revoked, ...reply } = await this.inGroup(null, () => this.sessions.refresh(sessionId, refreshToken, now))
    if (revoked) this.dropSockets(sessionId, 'refresh-reused')
    return reply
  }

  async signInGate(address: string, now: number) {
    return this.sessions.gate(address, now)
  }

  async noteSignIn(address: string, succeeded: boolean, now: number): Promise<void> {
    await this.inGroup(null, () => this.sessions.noteTry(address, succeeded, now))
  }

  async setProfile(profile: AgentProfile): Promise<void> {
    await this.profile.set(profile)
    this.changed()
  }

  async whoami(): Promise<AgentProfile | null> {
    return this.profile.get()
  }

  /** Asked again here, whatever the edge believes: a session that was just revoked changes nothing. */
  protected revoked(actor: Actor) {
    const found = this.sessions.find(actor.sessionId, Date.now())
    return found.live ? null : { refused: found.code }
  }
}
