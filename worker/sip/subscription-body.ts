import type { AgentState } from '#shared/domain/agent/presence'

/**
 * What the room of a watched agent tells of them, to the rooms of those who watch. Whole, so that the newest alone is enough.
 * `other` is who they talk to, for the eyes of those who may see customers; `isCustomer`: it is no colleague.
 */
export type Status = {
  /** Rises with every change. */
  rev: number
  /** The account is closed: nothing more will ever be told. */
  isGone: boolean
  /** A telephone is registered: calls ring. */
  isOpen: boolean
  state: AgentState
  dialogs: DialogStatus[]
}
export type DialogStatus = {
  id: string
  state: 'trying' | 'early' | 'confirmed'
  direction: 'initiator' | 'recipient'
  other: { user: string; name: string | null; isCustomer: boolean } | null
}

/** RFC 4480 §3.2; none: nothing keeps them from the telephone. */
const ACTIVITY: Partial<Record<AgentState, string>> = {
  'on-call': 'on-the-phone',
  ringing: 'on-the-phone',
  'with-customer': 'busy',
  'wrap-up': 'busy',
  'not-ready': 'away',
}
const WORDS: Record<AgentState, string> = {
  offline: 'Offline',
  available: 'Available',
  'with-customer': 'With a customer',
  ringing: 'Ringing',
  'on-call': 'On a call',
  'wrap-up': 'Wrap-up',
  'not-ready': 'Not ready',
  unreachable: 'Unreachable',
}
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

/** RFC 3863 (PIDF) with the activity of RFC 4480. Why somebody is not ready is theirs, and not told. */
export function presenceBody(entity: string, { isOpen, state }: Status): string {
  const activity = ACTIVITY[state]
  return [
    DECLARATION,
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"' +
      ` xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${escaped(entity)}">`,
    `<tuple id="phone"><status><basic>${isOpen ? 'open' : 'closed'}</basic></status>` +
      `<contact>${escaped(entity)}</contact><note xml:lang="en">${WORDS[state]}</note></tuple>`,
    ...(activity ? [`<dm:person id="agent"><rpid:activities><rpid:${activity}/></rpid:activities></dm:person>`] : []),
    '</presence>',
    '',
  ].join('\r\n')
}

/** RFC 4235 §4.1. `ended`: told as living last time, told once more as terminated (§3.7.1). Full state, always. */
export function dialogBody(entity: string, version: number, dialogs: DialogStatus[], ended: DialogStatus[]): string {
  const host = entity.slice(entity.lastIndexOf('@') + 1)
  return [
    DECLARATION,
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${escaped(entity)}">`,
    ...dialogs.map((one) => dialogElement(entity, host, one, one.state)),
    ...ended.map((one) => dialogElement(entity, host, one, 'terminated')),
    '</dialog-info>',
    '',
  ].join('\r\n')
}

function dialogElement(entity: string, host: string, { id, direction, other }: DialogStatus, state: string): string {
  const display = other?.name ? ` display="${escaped(other.name)}"` : ''
  const uri = other && `sip:${encodeURIComponent(other.user).replaceAll('%2B', '+')}@${host}`
  const remote = uri ? `<remote><identity${display}>${escaped(uri)}</identity></remote>` : ''
  const local = `<local><identity>${escaped(entity)}</identity></local>`
  return `<dialog id="${escaped(id)}" direction="${direction}"><state>${state}</state>${local}${remote}</dialog>`
}

/** The dialogs as this watcher may see them: whose customer it is stays with who may look at the floor. */
export const asSeen = (dialogs: DialogStatus[], maySeeCustomers: boolean): DialogStatus[] =>
  dialogs.map((one) => (one.other?.isCustomer && !maySeeCustomers ? { ...one, other: null } : one))

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
/** XML 1.0 §2.2 and §2.4: also without the characters that no document may hold. */
const escaped = (text: string): string =>
  text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '').replace(/[&<>"']/g, (char) => ESCAPES[char]!)
