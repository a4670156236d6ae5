import { talkMs, type Call } from '#shared/domain/call/call'
import { isGuest } from '../../carriers/demo'
import { isTrunk } from '../../carriers/trunk'
import type { Env } from '../../env'
import type { B2bua } from '../../sip/b2bua/state'
import { agentRoom, callRoom, floorRoom, ledgerRoom, meterRoom, numberRoom, poolRoom, trunkRoom } from '../doors'
import type { MeteredCall } from '../meter/meter-port'
import { MAIN_TEAM, type CallNews, type CallRow } from '../ports'
import { withTimeout } from '../room'
import type { CallFile } from './call-store'
import { huntedNews } from './hunted'
import { meteredOf } from './dial-guard'
import { agentsCall, newsOf, pictureOf, pictureOfPart, rowOf } from './parts'
import { asNumber } from './route-call'

/** Everything others are told of one change of a call; whole, so that the newest alone is enough. */
export type Telling = {
  rev: number
  callerAor: string
  calleeAor: string | null
  news: Omit<CallNews, 'side'>
  /** Only when it is over for the first agent. */
  row: CallRow | null
  /** Those whose channel it has. */
  trunks: string[]
  /** Of a call to a number (SIP-7). */
  metered: MeteredCall | null
  /** Those for whom it was over while it went on for others, and how it was for them. */
  left?: Partial<Record<'caller' | 'callee' | 'agent', Pick<CallNews, 'call' | 'talkMs'> | undefined>>
  /** Agents of a pool whom it rings or rang, but for who answered. */
  hunted?: { aor: string; news: Omit<CallNews, 'side'> }[]
  /** Who came by a transfer. */
  parts?: { aor: string; news: Omit<CallNews, 'side'>; row: CallRow | null }[]
}

const TIMEOUT_MS = 2_000
/** Signalling goes first: while it rings, what a page that answers by itself still has to say; then what its ACK takes. */
const TELL_RINGING_MS = 80
const TELL_MS = 20
/** Guests and trunks have neither desk nor presence. */
const hasDesk = (aor: string): boolean => !isGuest(aor) && !isTrunk(aor)

export function tellingOf(state: B2bua, file: CallFile, now: number): Telling {
  const { call, left, parts = [] } = state
  const { lease, callerAor, calleeAor } = file
  const picture = pictureOf(state, file)
  const mine = agentsCall(state, file)
  const seenBy = (own: Call | undefined) =>
    own ? { call: pictureOf(state, file, own), talkMs: talkMs(own, now) } : undefined
  return {
    rev: call.rev,
    callerAor,
    calleeAor,
    news: newsOf(picture, call, lease, now),
    row: rowOf(pictureOf(state, file, mine), mine, file, now),
    trunks: file.trunks ?? [],
    metered: meteredOf(state, file),
    left: {
      caller: seenBy(left?.caller),
      callee: seenBy(left?.callee),
      agent: mine === call ? undefined : seenBy(mine),
    },
    ...(state.hunt ? { hunted: huntedNews(state, file, now) } : {}),
    parts: parts
      .filter(({ aor }) => hasDesk(aor))
      .map((part) => {
        const seen = pictureOfPart(state, file, part)
        return { aor: part.aor, news: newsOf(seen, part.call, null, now), row: rowOf(seen, part.call, file, now) }
      }),
  }
}

/**
 * Tells who must know, within a blink and again by the journal until each has heard of this change or a newer one. What they get
 * is the whole picture with its `rev`, so hearing it twice or out of order does no harm.
 */
export class NewsDesk {
  private readonly heard = new Map<string, number>()
  private untold: Telling | null = null
  private armed: { at: number; timer: ReturnType<typeof setTimeout> } | null = null

  constructor(
    private readonly env: Env,
    private readonly ctx: Pick<DurableObjectState, 'waitUntil'>,
  ) {}

  /** Who looks on is told a blink later, and of several changes the last. */
  tellSoon(telling: Telling): void {
    const hold = this.holding(telling)
    if (hold) this.ctx.waitUntil(this.once('hold', telling.rev, hold).catch(() => {})) // not a blink later
    this.untold = telling
    const { answeredAt, endedAt } = telling.news.call
    // who hunts asks whether an agent is free
    const isRinging = answeredAt === null && endedAt === null && !telling.hunted
    const at = Date.now() + (isRinging ? TELL_RINGING_MS : TELL_MS)
    if (this.armed && this.armed.at <= at) return
    clearTimeout(this.armed?.timer)
    this.armed = { at, timer: setTimeout(() => this.tellNow(), at - Date.now()) }
  }

  private tellNow(): void {
    const { untold } = this
    this.armed = null
    this.untold = null
    if (untold) this.ctx.waitUntil(this.tell(untold).catch(() => {})) // the journal tells again
  }

  /** Rejects when anyone could not be told; whoever was is not told again. */
  async tell(telling: Telling): Promise<void> {
    const { callerAor, calleeAor, news, row, trunks, metered, left, parts = [], hunted = [] } = telling
    const tasks: [who: string, tell: () => Promise<unknown>][] = [
      ['floor', () => floorRoom(this.env, MAIN_TEAM).callChanged((left?.agent ?? news).call)],
    ]
    if (hasDesk(callerAor))
      tasks.push(['caller', () => this.agent(callerAor, { ...news, ...left?.caller, side: 'caller' })])
    if (calleeAor && calleeAor !== callerAor && hasDesk(calleeAor)) {
      // the lease, and with it the disposition that is owed, is the caller's alone
      tasks.push(['callee', () => this.agent(calleeAor, { ...news, ...left?.callee, lease: null, side: 'callee' })])
    }
    const { callId, endedAt } = news.call
    const hold = this.holding(telling)
    if (hold) tasks.push(['hold', hold])
    if (metered) tasks.push(['meter', () => this.meter(metered)])
    if (row) tasks.push(['ledger', () => ledgerRoom(this.env, row.callId).book([row])])
    if (endedAt !== null)
      for (const id of trunks ?? []) tasks.push([id, () => trunkRoom(this.env, id).callEnded(callId)])
    for (const { aor, news } of hunted)
      tasks.push([`hunted:${aor}`, () => this.agent(aor, { ...news, side: 'callee' })])
    for (const part of parts) {
      const { callId: id } = part.news.call
      tasks.push([id, () => this.agent(part.aor, { ...part.news, side: 'callee' })])
      tasks.push([`floor:${id}`, () => floorRoom(this.env, MAIN_TEAM).callChanged(part.news.call)])
      const { row } = part
      if (row) tasks.push([`ledger:${id}`, () => ledgerRoom(this.env, id).book([row])])
    }
    const told = await Promise.allSettled(tasks.map(([who, tell]) => this.once(who, telling.rev, tell)))
    const failed = told.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  private async once(who: string, rev: number, tell: () => Promise<unknown>): Promise<void> {
    if ((this.heard.get(who) ?? 0) >= rev) return
    await withTimeout(tell(), TIMEOUT_MS)
    this.heard.set(who, rev)
  }

  /** How the number of this call is held, or freed; null: it has none. */
  private holding({ news }: Telling): (() => Promise<unknown>) | null {
    const { other, direction, callId, startedAt, endedAt } = news.call
    const number = direction === 'internal' ? null : asNumber(other)
    if (!number) return null
    return () => this.hold({ callId, number, since: startedAt, isOver: endedAt !== null }, news.lease)
  }

  /** POOL-1: a customer who is on the line is given to nobody. What a lease dials its own pool knows, without another room. */
  private hold(call: { callId: string; number: string; since: number; isOver: boolean }, lease: CallNews['lease']) {
    if (lease) return poolRoom(this.env, lease.poolId).callHolds({ ...call, entryId: lease.entryId })
    const { callId, number, isOver } = call
    const room = numberRoom(this.env, number)
    return isOver ? room.callEnded(number, callId) : room.callBegan(number, callId)
  }

  /** SIP-7: beside the call's way. One that is too many is ended, if nobody has answered it yet (decision 0160). */
  async meter(call: MeteredCall): Promise<void> {
    const { stop } = await meterRoom(this.env).note(call)
    if (stop) await callRoom(this.env, call.callId).refuse(stop)
  }

  private agent(aor: string, news: CallNews): Promise<void> {
    return agentRoom(this.env, aor).callChanged(news)
  }
}
