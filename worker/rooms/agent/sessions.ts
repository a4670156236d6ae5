import { createHash, timingSafeEqual } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { afterFailure, isLocked } from '#shared/domain/access/lockout'
import type { RefusalCode } from '#shared/protocol/problem'
import { newSecret } from '../../auth/secret-token'
import type { Asked } from '../ports'
import type { AgentStore, SessionRow } from './agent-store'

/** A browser's session ends after this long without use, and at the latest after `LONGEST_MS`. */
const IDLE_MS = 7 * 24 * 3600_000
const LONGEST_MS = 30 * 24 * 3600_000
/** Use is noted at most this often: a check costs no write. */
const NOTE_USE_MS = 3600_000
/** Oldest out: nobody has more devices than this. */
const MOST_SESSIONS = 50
/** Tries of one address that failed or are being judged: past its failures an address has one at a time. */
const MOST_UNLOCKED = 10
const JUDGED_WITHIN_MS = 10_000

type Live = { live: true; session: SessionRow } | { live: false; code: RefusalCode }

/** AUTH-3: the sessions of one user; this is the truth about who is still signed in. All calls run inside a group. */
export class Sessions {
  /** Tries being judged in the Worker, by address: many at once must not all pass the gate before the first has failed. */
  private readonly trying = new Map<string, number[]>()

  constructor(
    private readonly store: AgentStore,
    private readonly userId: string,
  ) {}

  open(input: { kind: 'browser' | 'program'; userAgent: string; now: number }) {
    const { kind, now } = input
    const id = uuidv7()
    const refreshToken = kind === 'program' ? this.refreshToken(id) : null
    const opened = this.store.sessions().sort((a, b) => a.used_at - b.used_at)
    for (const old of opened.slice(0, Math.max(0, opened.length - MOST_SESSIONS + 1)))
      this.store.endSession(old.id, 'session-expired', now)
    this.store.addSession({
      id,
      kind,
      refresh_hash: refreshToken && hashOf(refreshToken),
      opened_at: now,
      used_at: now,
      expires_at: now + IDLE_MS,
      user_agent: input.userAgent.slice(0, 200),
    })
    return { sessionId: id, refreshToken, expiresAt: now + LONGEST_MS }
  }

  find(sessionId: string, now: number): Live {
    const session = this.store.session(sessionId)
    if (!session) {
      return {
        live: false,
        code: this.store.endedBecause(sessionId) === 'session-expired' ? 'session-expired' : 'session-revoked',
      }
    }
    if (session.expires_at <= now) return { live: false, code: 'session-expired' }
    return { live: true, session }
  }

  needsNote(session: SessionRow, now: number): boolean {
    return now - session.used_at > NOTE_USE_MS
  }

  noteUse(session: SessionRow, now: number): void {
    this.store.sessionUsed(session.id, now, expiryOf(session, now))
  }

  /**
   * Each refresh token works once. One that comes again was stolen or copied: every session of programs that descends
   * from it ends, so that whoever holds the newer one is out too (OAuth 2.0 Security BCP, RFC 9700 §4.14.2).
   */
  refresh(
    sessionId: string,
    token: string,
    now: number,
  ): Asked<{ refreshToken: string; expiresAt: number }> & { revoked?: boolean } {
    const found = this.find(sessionId, now)
    if (!found.live) return { refused: found.code }
    const { session } = found
    const hash = hashOf(token)
    if (session.refresh_hash !== null && equal(hash, session.refresh_hash)) {
      const next = this.refreshToken(sessionId)
      const expiresAt = expiryOf(session, now)
      this.store.rotateRefresh(session, hashOf(next), now, expiresAt)
      return { refreshToken: next, expiresAt }
    }
    if (!this.store.wasRefreshUsed(hash)) return { refused: 'not-signed-in' }
    this.store.endSession(sessionId, 'refresh-reused', now)
    return { refused: 'refresh-reused', revoked: true }
  }

  close(sessionId: string, code: RefusalCode, now: number): void {
    if (this.store.session(sessionId)) this.store.endSession(sessionId, code, now)
  }

  /** AUTH-2: whether this address may try a password of this account now. Tries that are not judged yet count too. */
  gate(address: string, now: number): { allowed: boolean; retryAt: number | null } {
    const tries = this.store.tries(address)
    if (isLocked(tries, now)) return { allowed: false, retryAt: tries?.lockedUntil ?? null }
    const open = (this.trying.get(address) ?? []).filter((since) => now - since < JUDGED_WITHIN_MS)
    if (open.length >= Math.max(1, MOST_UNLOCKED - (tries?.failures ?? 0)))
      return { allowed: false, retryAt: now + 1_000 }
    this.trying.set(address, [...open, now])
    return { allowed: true, retryAt: null }
  }

  noteTry(address: string, succeeded: boolean, now: number): void {
    const open = this.trying.get(address)?.slice(1) ?? []
    if (open.length > 0) this.trying.set(address, open)
    else this.trying.delete(address)
    const tries = this.store.tries(address)
    if (!succeeded) this.store.keepTries(address, afterFailure(tries, now))
    else if (tries) this.store.keepTries(address, null)
  }

  ids(): string[] {
    return this.store.sessions().map((row) => row.id)
  }

  /** Names the room, so that a token alone finds its session. */
  private refreshToken(sessionId: string): string {
    return `${this.userId}.${sessionId}.${newSecret()}`
  }
}

const expiryOf = (session: SessionRow, now: number) => Math.min(now + IDLE_MS, session.opened_at + LONGEST_MS)
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')
const equal = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
