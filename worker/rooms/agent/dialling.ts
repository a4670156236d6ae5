import type { Dialling } from '#shared/protocol/session'
import type { DialWith } from '#shared/protocol/users'
import { DEMO_TELEPHONE } from '../../carriers/demo'
import { enabledTrunks } from '../../carriers/trunk-book'
import { usersOf } from '../../db/users'
import type { Env } from '../../env'
import { log } from '../../log'
import { agentRoom } from '../doors'
import type { AgentPort } from '../ports'
import { withTimeout } from '../room'

const BELIEVED_MS = 2_000

/** What a call to a number would be made with now (POOL-12). */
export class DiallingNow {
  private demoOpen = false
  private hasTrunk = false
  private askedAt = 0

  constructor(private readonly env: Env) {}

  /** By what was last heard of the demo telephone; `ask` first for the truth of the last 2 s. */
  answer(dialWith: DialWith): Dialling {
    const carrier = this.hasTrunk ? 'trunk' : this.demoOpen ? 'demo' : 'none'
    if (dialWith !== 'auto') return { with: dialWith, carrier, why: 'chosen' }
    if (this.hasTrunk) return { with: 'browser', carrier, why: 'trunk' }
    if (this.demoOpen) return { with: 'browser', carrier, why: 'demo-telephone-open' }
    return { with: 'handset', carrier, why: 'no-carrier' }
  }

  /** The demo telephone says so itself. */
  heard(isOpen: boolean, now: number): void {
    this.demoOpen = isOpen
    this.askedAt = now
  }

  /** Trunks were changed. */
  forget(): void {
    this.askedAt = 0
  }

  async ask(now: number): Promise<void> {
    this.hasTrunk = (await enabledTrunks(this.env, now)).length > 0
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
export const tellEveryDesk = (env: Env, isOpen: boolean): Promise<void> =>
  eachDesk(env, (desk) => desk.demoTelephone(isOpen))

/** The same when trunks were added, changed or removed. */
export const tellOfTrunks = (env: Env): Promise<void> => eachDesk(env, (desk) => desk.carriersChanged())

async function eachDesk(env: Env, tell: (desk: AgentPort) => Promise<void>): Promise<void> {
  const users = await usersOf(env.DB, 'everyone')
  const told = users.map(({ id }) => withTimeout(tell(agentRoom(env, id)), 2_000))
  const missed = (await Promise.allSettled(told)).filter(({ status }) => status === 'rejected').length
  if (missed > 0) log.warn('desks not told what calls are made with', { missed })
}
