import type { Role } from '../roles'

/**
 * AUTH-1: the one permission table. Every route, room command, live topic and SIP request names an action of it; a test
 * walks every route × role and fails on one that is not here. `guest`: not signed in.
 */
export const ACTIONS = {
  'session.open': ['guest', 'agent', 'supervisor', 'administrator'],
  'system.read': ['guest', 'agent', 'supervisor', 'administrator', 'integration'],
  'demo.telephone': ['guest', 'agent', 'supervisor', 'administrator'],
  'session.close': ['agent', 'supervisor', 'administrator'],
  'session.password': ['agent', 'supervisor', 'administrator'],
  'me.read': ['agent', 'supervisor', 'administrator'],
  'me.work': ['agent', 'supervisor', 'administrator'],
  'me.change': ['agent', 'supervisor', 'administrator'],
  'me.state': ['agent', 'supervisor', 'administrator'],
  pull: ['agent', 'supervisor', 'administrator'],
  command: ['agent', 'supervisor', 'administrator'],
  // open to guests: a ticket or the demo telephone has no session; the route decides
  'phone.connect': ['guest', 'agent', 'supervisor', 'administrator'],
  'live.connect': ['guest', 'agent', 'supervisor', 'administrator'],
  'phone.register': ['agent', 'supervisor', 'administrator'],
  'phone.call': ['agent', 'supervisor', 'administrator'],
  // SIP-5: whether a colleague is there and on the telephone; whom they talk to only with floor.read
  'presence.watch': ['agent', 'supervisor', 'administrator'],
  'phone.message': ['agent', 'supervisor', 'administrator'],
  'call.control.own': ['agent', 'supervisor', 'administrator'],
  'call.control.any': ['supervisor', 'administrator'],
  // one’s own two calls, or with call.control.any anyone’s
  'call.merge': ['agent', 'supervisor', 'administrator'],
  // SIP-10: to listen, whisper, join, take over
  'call.monitor': ['supervisor', 'administrator'],
  'monitor.change': ['administrator'],
  'recording.make': ['agent', 'supervisor', 'administrator'],
  // an agent their own, where the deployment lets them (PHONE-11)
  'recording.hear': ['agent', 'supervisor', 'administrator', 'integration'],
  'recording.hear.any': ['supervisor', 'administrator', 'integration'],
  // an agent to their own attempts
  'recording.attach': ['agent', 'supervisor', 'administrator'],
  'recording.listens': ['supervisor', 'administrator'],
  'recording.change': ['administrator'],
  'recording.hold': ['administrator'],
  'pool.list': ['agent', 'supervisor', 'administrator', 'integration'],
  'pool.read': ['agent', 'supervisor', 'administrator', 'integration'],
  'pool.why': ['supervisor', 'administrator', 'integration'],
  'pool.create': ['supervisor', 'administrator'],
  'pool.change': ['supervisor', 'administrator'],
  'callback.read.any': ['supervisor', 'administrator', 'integration'],
  'entry.put': ['supervisor', 'administrator', 'integration'],
  'lease.release': ['supervisor', 'administrator'],
  'import.run': ['supervisor', 'administrator', 'integration'],
  'import.read': ['supervisor', 'administrator', 'integration'],
  'attempt.read.own': ['agent', 'supervisor', 'administrator', 'integration'],
  'attempt.read.any': ['supervisor', 'administrator', 'integration'],
  'customer.read': ['supervisor', 'administrator', 'integration'],
  // an agent only the customer they hold: the pool's room decides
  'customer.edit': ['agent', 'supervisor', 'administrator'],
  // POOL-22: an agent where the pool is in list mode
  'entry.list': ['agent', 'supervisor', 'administrator'],
  'entry.take': ['agent', 'supervisor', 'administrator'],
  'pool.age': ['supervisor', 'administrator'],
  'bulk.run': ['supervisor', 'administrator'],
  'view.keep': ['supervisor', 'administrator'],
  'do-not-call.read': ['agent', 'supervisor', 'administrator', 'integration'],
  'do-not-call.add': ['supervisor', 'administrator', 'integration'],
  'do-not-call.export': ['supervisor', 'administrator', 'integration'],
  'do-not-call.remove': ['administrator'],
  'floor.read': ['supervisor', 'administrator'],
  'user.list': ['supervisor', 'administrator'],
  'user.create': ['administrator'],
  'user.change': ['administrator'],
  'user.password.reset': ['administrator'],
  'trunk.read': ['administrator'],
  'trunk.change': ['administrator'],
  'dialling.read': ['supervisor', 'administrator'],
  'dialling.change': ['administrator'],
  'audit.read': ['administrator'],
} as const satisfies Record<string, readonly (Role | 'guest')[]>

export type Action = keyof typeof ACTIONS

/** AUTH-2: with a generated password one may see who one is, choose another, and leave; nothing else. */
export const OPEN_BEFORE_PASSWORD_CHANGE: ReadonlySet<Action> = new Set<Action>([
  'session.open',
  'session.close',
  'session.password',
  'system.read',
  'demo.telephone',
  'me.read',
])

export function may(role: Role | 'guest', action: Action): boolean {
  return (ACTIONS[action] as readonly string[]).includes(role)
}

export function permissionsOf(role: Role): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => may(role, action))
}
