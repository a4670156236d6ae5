import * as z from 'zod'
import { epochMs, id, language } from './common'

export const ROLES = ['agent', 'supervisor', 'administrator', 'integration'] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

export const username = z
  .string()
  .min(2)
  .max(32)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'lower case letters, digits, dot, dash, underscore' })
export const password = z.string().min(10).max(200)

/** POOL-12: how an agent reaches a number. `auto` follows what is connected. */
export const dialWith = z.enum(['auto', 'browser', 'device', 'handset'])
export type DialWith = z.infer<typeof dialWith>
export const deviceDial = z.object({
  scheme: z.enum(['tel', 'callto', 'sip']).default('tel'),
  format: z.enum(['e164', 'national', 'digits']).default('e164'),
})

export const user = z.object({
  id,
  username,
  name: z.string(),
  role,
  extension: z.string().nullable(),
  disabledAt: epochMs.nullable(),
  mustChangePassword: z.boolean(),
  createdAt: epochMs,
  lastSignInAt: epochMs.nullable(),
})
export type User = z.infer<typeof user>

export const newUser = z.object({
  username,
  name: z.string().trim().min(1).max(100),
  role: role.exclude(['integration']),
  extension: z
    .string()
    .regex(/^\d{2,6}$/)
    .optional(),
  /** None: one is generated and shown once in the answer. */
  password: password.optional(),
  /** Default true. */
  mustChangePassword: z.boolean().optional(),
})
export const userCreated = user.extend({ password: z.string().optional() })
export const userPatch = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  role: role.exclude(['integration']).optional(),
  extension: z
    .string()
    .regex(/^\d{2,6}$/)
    .nullable()
    .optional(),
  disabled: z.boolean().optional(),
})

/** `POST /api/users/{id}/password`: a new generated password, shown once, to be changed at the next sign-in; signs them out everywhere. */
export const passwordReset = z.object({ password: z.string() })

/** PHONE-4: calls at once on one telephone; one: who calls meanwhile is told busy. */
const lines = z.int().min(1).max(10)
/** PHONE-3: seconds after which what rings is answered by itself; null: by hand. */
const autoAnswer = z.int().min(0).max(5).nullable()

export const mePatch = z.object({
  language: language.optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  dialWith: dialWith.optional(),
  deviceDial: deviceDial.optional(),
  shortcuts: z.boolean().optional(),
  lines: lines.optional(),
  autoAnswer: autoAnswer.optional(),
})
export const preferences = z.object({
  language: language.nullable(),
  theme: z.enum(['system', 'light', 'dark']),
  dialWith,
  deviceDial,
  shortcuts: z.boolean(),
  // kept by an older release without them
  lines: lines.default(2),
  autoAnswer: autoAnswer.default(null),
})
export type Preferences = z.infer<typeof preferences>
