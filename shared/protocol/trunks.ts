import * as z from 'zod'
import { e164, epochMs, id } from './common'

/** SIP-9: a trunk is a SIP account at an SBC that speaks SIP over WebSocket (RFC 7118). */
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
  .refine(isTrunkUrl, { error: 'ws:// or wss://, without user, password and fragment' })

/** A number of the trunk (DID) and whose telephones ring for it. */
export const trunkNumber = z.object({ number: e164, userId: id })

const fields = {
  name: z.string().trim().min(1).max(60),
  enabled: z.boolean(),
  /** The SBC's WebSocket. */
  url: trunkUrl,
  /** The SIP domain (and realm) the account lives in. */
  domain: sipDomain,
  username: sipWord,
  /** Where it differs from the user name. */
  authName: sipWord.nullable(),
  /** What the person called sees, E.164. */
  callerNumber: e164,
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
export const trunkSettings = z.object(fields)
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
  password,
})
/** Without a password the one that is kept stays. */
export const trunkPatch = z.object({ ...trunkSettings.partial().shape, password: password.optional() })

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

function isTrunkUrl(text: string): boolean {
  try {
    const url = new URL(text)
    const isSocket = url.protocol === 'ws:' || url.protocol === 'wss:'
    return isSocket && url.hostname !== '' && url.username === '' && url.password === '' && url.hash === ''
  } catch {
    return false
  }
}
