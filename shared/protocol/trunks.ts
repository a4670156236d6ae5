import * as z from 'zod'
import { MOST_AT_ONCE } from '../domain/trunk/hunt'
import { e164, epochMs, id } from './common'

/** SIP-9: a trunk is a SIP account at an SBC that speaks SIP over WebSocket (RFC 7118), TCP or TLS (RFC 3261 §18). */
const sipWord = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]+$/)
export const sipDomain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/)
export const trunkUrl = z
  .string()
  .trim()
  .max(300)
  .refine((text) => trunkAddress(text) !== null, {
    error: 'ws:// or wss://, or sip:host:port;transport=tcp or tls; without user, password and fragment',
  })

/** A wave of a pool rings at most a minute: callers' proxies want to hear something that often (RFC 3261 §13.3.1.1). */
const ringSeconds = z.int().min(5).max(60)
/** A number of the trunk (DID) that rings the telephones of one agent. */
const agentNumber = z.strictObject({ number: e164, userId: id, ringSeconds: ringSeconds.optional() })
/** One that rings the available agents of a pool, who is idle longest first. */
const poolNumber = z.strictObject({
  number: e164,
  poolId: id,
  ringSeconds: ringSeconds.default(20),
  /** Rung together; null: all who are available. */
  atOnce: z.int().min(1).max(MOST_AT_ONCE).nullable().default(1),
  /** Rung when nobody of the pool answers. */
  fallbackUserId: id.nullable().default(null),
  /** What the caller hears when there is nobody: 486 or 480. */
  nobody: z.enum(['busy', 'unavailable']).default('busy'),
})
/** A number of the trunk and where it leads; queues and flows are further members of this union. */
export const trunkNumber = z.union([agentNumber, poolNumber])
export type TrunkNumber = z.infer<typeof trunkNumber>
export type PoolNumber = z.infer<typeof poolNumber>

const fields = {
  name: z.string().trim().min(1).max(60),
  enabled: z.boolean(),
  /** The SBC's WebSocket, or its SIP address. */
  url: trunkUrl,
  /** The SIP domain (and realm) the account lives in. */
  domain: sipDomain,
  username: sipWord,
  /** Where it differs from the user name. */
  authName: sipWord.nullable(),
  /** What the person called sees where no rule says otherwise, E.164. */
  callerNumber: e164,
  /** Where the SBC reads who calls: in From, in P-Asserted-Identity (From is the account then), or in both (RFC 3325). */
  identity: z.enum(['from', 'both', 'asserted']),
  /** Whether it also shows numbers of the other trunks: most carriers refuse numbers they did not give. */
  showsOthers: z.boolean(),
  /** How its carrier is told keys: in the sound (RFC 4733), or by INFO (application/dtmf-relay). */
  dtmf: z.enum(['rfc4733', 'info']),
  /** Calls at once, in and out together. */
  channels: z.int().min(1).max(1_000),
  /** Lower is asked first. */
  order: z.int().min(1).max(99),
  /** E.164 beginnings this trunk takes; none: every number. */
  prefixes: z.array(z.string().regex(/^\+[1-9]\d{0,9}$/)).max(100),
  /** How numbers are dialled: +44…, 44…, 0044…. */
  form: z.enum(['plus', 'digits', 'zeros']),
  /** Digits the SBC wants before the number. */
  dialPrefix: z.string().regex(/^[\d*#]{0,10}$/),
  numbers: z.array(trunkNumber).max(500),
}
/** As they are kept: a trunk of before has what it had. */
export const trunkSettings = z.object({
  ...fields,
  identity: fields.identity.default('from'),
  showsOthers: fields.showsOthers.default(false),
  dtmf: fields.dtmf.default('rfc4733'),
})
export type TrunkSettings = z.infer<typeof trunkSettings>

const password = z.string().min(1).max(200)
export const newTrunk = z.object({
  ...fields,
  enabled: fields.enabled.default(true),
  authName: fields.authName.default(null),
  channels: fields.channels.default(10),
  order: fields.order.default(1),
  prefixes: fields.prefixes.default([]),
  form: fields.form.default('plus'),
  dialPrefix: fields.dialPrefix.default(''),
  numbers: fields.numbers.default([]),
  identity: fields.identity.default('from'),
  showsOthers: fields.showsOthers.default(false),
  dtmf: fields.dtmf.default('rfc4733'),
  password,
})
/** Without a password the one that is kept stays. */
export const trunkPatch = z.object({ ...z.object(fields).partial().shape, password: password.optional() })

/**
 * unreachable: no connection; closed: it was cut; silent: no answer; wrong-credentials: name or password refused;
 * rejected: the SBC said no (detail: its words); secret-lost: the kept password cannot be read any more.
 */
export const TRUNK_FAULTS = ['unreachable', 'closed', 'silent', 'wrong-credentials', 'rejected', 'secret-lost'] as const
export const trunkFault = z.object({ code: z.enum(TRUNK_FAULTS), at: epochMs, detail: z.string().nullable() })
export type TrunkFault = z.infer<typeof trunkFault>

export const trunkState = z.object({
  phase: z.enum(['off', 'connecting', 'registered', 'waiting', 'unknown']),
  since: epochMs,
  /** When it is tried again, while waiting. */
  retryAt: epochMs.nullable(),
  /** The last one, also when it works again. */
  fault: trunkFault.nullable(),
  /** Calls now. */
  calls: z.int(),
})
export type TrunkState = z.infer<typeof trunkState>

/** The password is never answered. */
export const trunk = z.object({ id, ...fields, version: z.int(), createdAt: epochMs, state: trunkState })
export type Trunk = z.infer<typeof trunk>
export const trunkList = z.object({ items: z.array(trunk), nextCursor: z.null() })

export type TrunkAddress =
  { transport: 'ws' | 'wss'; url: string } | { transport: 'tcp' | 'tls'; host: string; port: number }

/** Where a trunk connects to; null: nowhere it could. `sips:` and `;transport=tls` are TLS; a SIP address needs one of both or TCP. */
export function trunkAddress(text: string): TrunkAddress | null {
  const sip =
    /^(sips?):(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?(?:;transport=(tcp|tls))?$/i.exec(text)
  if (sip) {
    const [, scheme = '', host = '', port, wanted] = sip
    const transport = scheme.toLowerCase() === 'sips' ? 'tls' : (wanted?.toLowerCase() as 'tcp' | 'tls' | undefined)
    const number = Number(port ?? (transport === 'tls' ? 5061 : 5060))
    return transport && number > 0 && number < 65_536 ? { transport, host: host.toLowerCase(), port: number } : null
  }
  try {
    const url = new URL(text)
    const isSocket = url.protocol === 'ws:' || url.protocol === 'wss:'
    if (!isSocket || url.hostname === '' || url.username !== '' || url.password !== '' || url.hash !== '') return null
    return { transport: url.protocol === 'ws:' ? 'ws' : 'wss', url: text }
  } catch {
    return null
  }
}

/** E.164 numbers that a trunk has: those that reach us, and the one it shows. Nothing else may be shown (SIP-9). */
export const numbersOf = ({ callerNumber, numbers }: Pick<TrunkSettings, 'callerNumber' | 'numbers'>): string[] => [
  ...new Set([callerNumber, ...numbers.map(({ number }) => number)]),
]

/** What a caller id rule shows: one of the deployment's numbers, or nothing (RFC 3323). */
export const shownNumber = z.union([e164, z.literal('withheld')])
/** By whom a call is made: an agent's rule comes before a pool's, and before the trunk's own number. */
export const callerIdRules = z.object({
  version: z.int().min(0),
  agents: z.array(z.object({ userId: id, shows: shownNumber })).max(2_000),
  pools: z.array(z.object({ poolId: id, shows: shownNumber })).max(2_000),
})
export type CallerIdRules = z.infer<typeof callerIdRules>
/** `numbers`: those the deployment owns, which may be shown. */
export const callerIdSetup = z.object({ rules: callerIdRules, numbers: z.array(e164) })
export type CallerIdSetup = z.infer<typeof callerIdSetup>
