import { may } from '#shared/domain/access/table'
import { findByDialled } from '../../db/directory'
import type { Env } from '../../env'
import { log } from '../../log'
import type { SipRequest, SipResponse } from '../../sip/message'
import { bestAnswer, judgePage, PAGE_BRANCH, sizeOf, writePage, type Page, type PageAnswer } from '../../sip/page'
import { echoOf, newTag, writeResponse } from '../../sip/write'
import { agentRoom } from '../doors'
import type { AgentProfile, Binding } from '../ports'
import { withTimeout } from '../room'

export type PagerRoom = {
  env: Env
  userId(): string
  profile(): AgentProfile | null
  bindings(): Binding[]
  /** To one device, in order. */
  deliver(instance: string, texts: string[]): boolean
}

/** A phone answers a MESSAGE at once; one that does not is on a slow network, and the sender waits no longer for it. */
const ANSWERED_WITHIN_MS = 1_500
const TIMEOUT_MS = 4_000
const MOST_REMEMBERED = 32

/**
 * MESSAGE between agents (SIP-5, RFC 3428), both ends: out of the sender's room into the room of whom it is for, and from there to
 * all their devices. In memory only, and no longer than it takes.
 */
export class Pager {
  private readonly waiting = new Map<string, (status: number) => void>()
  /** What was answered last, for a phone that says it again over a new socket. */
  private readonly said = new Map<string, Promise<PageAnswer>>()

  constructor(private readonly room: PagerRoom) {}

  /** 200 (a device has it), 202 (on its way), 400, 403, 404, 415, 480 (no device), 503, 513, or what their devices say. */
  async request(instance: string, request: SipRequest, text: string): Promise<void> {
    const key = `${request.callId} ${request.cseq.number} ${request.fromTag}`
    let answer = this.said.get(key)
    if (!answer) this.said.set(key, (answer = this.carry(instance, request, text)))
    if (this.said.size > MOST_REMEMBERED) this.said.delete(this.said.keys().next().value!)
    const { status, reason, headers = [] } = await answer
    const toTag = newTag()
    this.room.deliver(instance, [writeResponse(echoOf(request), status, reason, { toTag, headers })])
  }

  private async carry(instance: string, request: SipRequest, text: string): Promise<PageAnswer> {
    const profile = this.room.profile()
    if (!profile || !may(profile.role, 'phone.message')) return { status: 403, reason: 'Messages Are Not Permitted' }
    const refused = judgePage(request, sizeOf(text))
    if (refused) return refused
    const { user, host } = request.target
    try {
      const whom = user ? await withTimeout(findByDialled(this.room.env.DB, user, Date.now()), TIMEOUT_MS) : null
      if (!whom || !user) return { status: 404, reason: 'Not Found' }
      const from = { userId: profile.userId, name: profile.name, user: profile.extension ?? profile.username }
      const page: Page = { from, to: user, host, text: request.body }
      // once: what was delivered twice was said twice
      return await withTimeout(agentRoom(this.room.env, whom.userId).page(page, instance), TIMEOUT_MS)
    } catch (fault) {
      log.warn('message not delivered', { fault })
      return { status: 503, reason: 'Service Unavailable', headers: ['Retry-After: 5'] }
    }
  }

  /** For this AOR's devices; not to the one that says it, when it is one of them. */
  async receive(page: Page, sayer: string): Promise<PageAnswer> {
    const isOwn = page.from.userId === this.room.userId()
    const devices = this.room.bindings().filter(({ instance }) => !isOwn || instance !== sayer)
    if (devices.length === 0) return { status: 480, reason: 'No Phone Connected' }
    const id = token()
    return new Promise<PageAnswer>((resolve) => {
      const statuses: number[] = []
      const branches = devices.map((_, n) => `${PAGE_BRANCH}${id}.${n}`)
      const done = (answer: PageAnswer) => {
        clearTimeout(timer)
        for (const branch of branches) this.waiting.delete(branch)
        resolve(answer)
      }
      const timer = setTimeout(() => done({ status: 202, reason: 'Accepted' }), ANSWERED_WITHIN_MS)
      devices.forEach(({ instance, contact }, n) => {
        this.waiting.set(branches[n]!, (status) => {
          statuses.push(status)
          const best = bestAnswer(statuses, devices.length)
          if (best) done(best)
        })
        this.room.deliver(instance, [writePage(page, contact, branches[n]!, `${id}.${n}@page`, token())])
      })
    })
  }

  /** An answer of a device. */
  answered({ status, via }: SipResponse): void {
    const waits = this.waiting.get(via.branch ?? '')
    if (!waits || status < 200) return
    this.waiting.delete(via.branch!)
    waits(status)
  }
}

const token = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12)
