import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { RefusalCode } from '#shared/protocol/problem'

/** SYNC-10: the shape of a stored item. Raise it with a step in the store's upgrade when the shape changes. */
export const ITEM_VERSION = 1

/**
 * One command on its way, as this device remembers it (SYNC-5):
 *
 *   waiting ──handed to the network──▶ sending ──accepted, duplicate──▶ accepted
 *      ▲                                  ├──────late────────────────▶ late ──seen────▶ accepted
 *      │◀──no answer, or "later"──────────┤
 *      │                                  └──────refused─────────────▶ refused ──reason──▶ discarded
 *      └────────────────────────retry──────────────────────────────────┘
 *
 * Nothing leaves it silently (SYNC-2): `discarded` is written only with the reason a person gave.
 */
export type ItemState = 'waiting' | 'sending' | 'accepted' | 'late' | 'refused' | 'discarded'

export type OutboxItem = {
  version: typeof ITEM_VERSION
  /** The command's own id: the edge answers a repeated one with its first answer (SYNC-4). */
  id: string
  /** Rises with every command written on this device: the order of the person's deeds. */
  seq: number
  /** Order is kept inside a subject: the customer, else the entry. */
  subject: string
  /** Do-not-call goes first (SYNC-2), with whatever its customer has before it. */
  isUrgent: boolean
  command: AgentCommand
  /** What a person recognises it by in lists; never sent. */
  about: { customerName: string | null; phone: string; disposition: string | null; zone?: string | null }
  state: ItemState
  tries: number
  /** Not before this moment, after an answer of "later" for this item alone. Epoch ms. */
  notBefore: number
  writtenAt: number
  settledAt: number | null
  result: CommandResult | null
  refusal: RefusalCode | null
  discardReason: string | null
}

export type NewItem = Pick<OutboxItem, 'seq' | 'subject' | 'isUrgent' | 'command' | 'about'>

export function newItem(given: NewItem, now: number): OutboxItem {
  return {
    ...given,
    version: ITEM_VERSION,
    id: given.command.id,
    state: 'waiting',
    tries: 0,
    notBefore: 0,
    writtenAt: now,
    settledAt: null,
    result: null,
    refusal: null,
    discardReason: null,
  }
}

export type Tick = 'on-device' | 'sent' | 'accepted' | 'needs-you'

/** SYNC-5: what a person sees. A late one has been booked, and still wants to be read. */
export function tickOf(item: Pick<OutboxItem, 'state'>): Tick | null {
  switch (item.state) {
    case 'waiting':
      return 'on-device'
    case 'sending':
      return 'sent'
    case 'accepted':
      return 'accepted'
    case 'late':
    case 'refused':
      return 'needs-you'
    case 'discarded':
      return null
  }
}

export const isUnsent = (item: Pick<OutboxItem, 'state'>): boolean =>
  item.state === 'waiting' || item.state === 'sending'
export const needsPerson = (item: Pick<OutboxItem, 'state'>): boolean =>
  item.state === 'late' || item.state === 'refused'

/** A person asks for another try of a refused item: the same command, the same id. Others are left as they are. */
export function retried(item: OutboxItem): OutboxItem {
  return item.state === 'refused'
    ? { ...item, state: 'waiting', notBefore: 0, refusal: null, result: null, settledAt: null }
    : item
}

/** Puts a refused item away with the reason a person gave. Only a refused one: anything else still has a way to go. */
export function discarded(item: OutboxItem, reason: string, now: number): OutboxItem {
  const given = reason.trim()
  return item.state === 'refused' && given !== ''
    ? { ...item, state: 'discarded', discardReason: given, settledAt: now }
    : item
}

/** A late item was read: the attempt is booked, nothing is left to do. */
export function seen(item: OutboxItem): OutboxItem {
  return item.state === 'late' ? { ...item, state: 'accepted' } : item
}
