import type { Role } from '../roles'

/** PHONE-11: `off`: never; `ask`: by hand, after the other side agreed; `always`: from the answer on, and they are told. */
export const POLICIES = ['off', 'ask', 'always'] as const
export type Policy = (typeof POLICIES)[number]

/** What a jurisdiction asks of whoever records a call, as data. Whoever runs a pool answers for which rule holds for it. */
export type ConsentRule = {
  /** ISO 3166: a country. */
  code: string
  /** Raised with every change of the data. */
  version: string
  /** Whose consent: of all who speak, or of one of them (then the agent's own). */
  consent: 'all' | 'one'
  /** What a new pool of this country begins with. */
  policy: Policy
  /** Where it is written. */
  source: string
}

const rule = (code: string, consent: ConsentRule['consent'], source: string): ConsentRule => ({
  code,
  version: '2025-11',
  consent,
  // nowhere is recording unasked a good beginning: also one party's consent comes with a duty to inform, or with stricter states
  policy: 'ask',
  source,
})

export const CONSENT_RULES: readonly ConsentRule[] = [
  rule(
    'AU',
    'all',
    'Telecommunications (Interception and Access) Act 1979 (Cth), s. 7; state surveillance devices acts',
  ),
  rule('CA', 'one', 'Criminal Code, s. 184(2)(a); PIPEDA, Schedule 1, principle 3 (customers are told why)'),
  rule('CR', 'all', 'Constitución Política, art. 24; Ley 8968, art. 5'),
  rule('ES', 'one', 'Constitución Española, art. 18.3; RGPD, arts. 6 and 13 (they are told)'),
  rule('FR', 'all', 'Code pénal, art. 226-1; RGPD, arts. 6 et 13'),
  rule('GB', 'one', 'Investigatory Powers (Interception by Businesses etc.) Regulations 2018; UK GDPR, arts. 6 and 13'),
  rule('IN', 'all', 'Digital Personal Data Protection Act 2023, ss. 5 and 6'),
  rule('TR', 'all', 'Türk Ceza Kanunu, md. 132 ve 133; 6698 sayılı Kanun, md. 5 ve 10'),
  rule(
    'US',
    'all',
    '18 U.S.C. § 2511(2)(d) (one party); all parties in e.g. Cal. Penal Code § 632, Fla. Stat. § 934.03',
  ),
]

/** A country whose rule is not known is treated as the strictest. */
export const consentRuleOf = (country: string): ConsentRule =>
  CONSENT_RULES.find(({ code }) => code === country) ?? rule(country, 'all', '–')

/** What holds for the whole deployment. */
export type RecordingSettings = {
  /** Calls between extensions. */
  internalCalls: Policy
  /** Calls that no pool answers for: the dial pad's, and what comes in. */
  otherCalls: Policy
  /** Agents hear their own recordings. */
  agentsHear: boolean
  /** Days until they are deleted, where their pool says no other; null: they are not. */
  keepDays: number | null
}
export const RECORDING_DEFAULTS: RecordingSettings = {
  internalCalls: 'off',
  otherCalls: 'ask',
  agentsHear: true,
  keepDays: null,
}

export type CallKind = { direction: 'outgoing' | 'internal' | 'incoming'; pool: PoolRecording | null }
export type PoolRecording = { country: string; recording?: Policy | null | undefined }

/** The policy of a pool: its own, else its country's. */
export const poolPolicy = ({ country, recording }: PoolRecording): Policy => recording ?? consentRuleOf(country).policy

/** PHONE-11: which policy a call is under. */
export function policyOf({ direction, pool }: CallKind, settings: RecordingSettings): Policy {
  if (direction === 'internal') return settings.internalCalls
  return pool ? poolPolicy(pool) : settings.otherCalls
}

/** AUTH-1 decides who may hear others' recordings (`recording.hear.any`); an agent hears their own where the deployment lets them. */
export function mayHear(
  listener: { userId: string; role: Role; hearsAll: boolean },
  recording: { agentId: string },
  { agentsHear }: Pick<RecordingSettings, 'agentsHear'>,
): boolean {
  return listener.hearsAll || (agentsHear && recording.agentId === listener.userId)
}
