import type { Dialling } from '#shared/protocol/session'
import type { DialWith } from '#shared/protocol/users'
import { DEMO_TELEPHONE } from '../../carriers/demo'
import { usersOf } from '../../db/users'
import type { Env } from '../../env'
import { log } from '../../log'
import { agentRoom } from '../doors'
import { withTimeout } from '../room'

const BELIEVED_MS = 2_000

/** What a call to a number would be made with now (POOL-12). */
export class DiallingNow {
  private demoOpen = false
  private askedAt = 0

  constructor(private readonly env: Env) {}

  /** By what was last heard of the demo telephone; `ask` first for the truth of the last 2 s. */
  answer(dialWith: DialWith): Dialling {
    const carrier = this.demoOpen ? 'demo' : 'none'
    if (dialWith !== 'auto') return { with: dialWith, carrier, why: 'chosen' }
    if (this.demoOpen) return { with: 'browser', carrier, why: 'demo-telephone-open' }
    return { with: 'handset', carrier, why: 'no-carrier' }
  }

  /** The demo telephone says so itself. */
  heard(isOpen: boolean, now: number): void {
    this.demoOpen = isOpen
    this.askedAt = now
  }

  async ask(now: number): Promise<void> {
    if (this.env.DEMO !== '1' || now - this.askedAt < BELIEVED_MS) return
    this.askedAt = now
    try {
      this.demoOpen = (await withTimeout(agentRoom(this.env, DEMO_TELEPHONE).bindings(), 1_000)).length > 0
    } catch (fault) {
      log.warn('demo telephone did not answer', { fault })
      this.demoOpen = false
    }
  }
}

/** The page of the demo telephone was opened or closed: every desk shows what *Call* would do now. Only with DEMO=1. */
export async function tellEveryDesk(env: Env, isOpen: boolean): Promise<void> {
  const users = await usersOf(env.DB, 'everyone')
  const told = users.map(({ id }) => withTimeout(agentRoom(env, id).demoTelephone(isOpen), 2_000))
  const missed = (await Promise.allSettled(told)).filter(({ status }) => status === 'rejected').length
  if (missed > 0) log.warn('desks not told of the demo telephone', { missed })
}
