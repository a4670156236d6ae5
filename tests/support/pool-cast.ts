import type { Attempt } from '#shared/domain/pool/attempt'
import { newEntry, type Entry, type Grant } from '#shared/domain/pool/entry'
import { grant } from '#shared/domain/pool/lease'
import { PRESETS } from '#shared/domain/pool/presets'
import type { Report } from '#shared/domain/pool/record'
import { rulesOf, type PoolRules } from '#shared/domain/pool/rules'

export const MINUTE = 60_000
export const noon = Date.UTC(2026, 10, 20, 12)

export const rules: PoolRules = rulesOf({
  maxAttempts: 3,
  leaseMinutes: 10,
  callbackGraceMinutes: 15,
  skipBudget: null,
  timeZone: 'Europe/Istanbul',
  dispositions: PRESETS.telecalling.dispositions,
})

export const anEntry = (over: Partial<Entry> = {}): Entry => ({ ...newEntry(1, 0), ...over })

/** The entry as this agent holds it, with the grant as the pool remembers it. */
export function grantTo(agentId: string, entry: Entry = anEntry(), at = noon): { entry: Entry; grant: Grant } {
  const granted = grant(entry, agentId, rules, at)
  if (!granted.ok) throw new Error(granted.refusal)
  const { lastToken: token } = granted.value
  const agentName = agentId
  return {
    entry: granted.value,
    grant: { entryId: entry.id, token, agentId, agentName, grantedAt: at, attemptId: null, ended: null },
  }
}

export const report = (agentId: string, disposition: string, over: Partial<Report> = {}): Report => ({
  id: `${agentId} said ${disposition}`,
  agentId,
  agentName: agentId,
  at: noon + MINUTE,
  disposition,
  note: null,
  callbackAt: null,
  callbackFor: 'me',
  callId: null,
  talkMs: null,
  ...over,
})

export const anAttempt = (over: Partial<Attempt> = {}): Attempt => ({
  id: 'attempt-1',
  entryId: 1,
  token: 1,
  agentId: 'alice',
  agentName: 'alice',
  at: noon,
  bookedAt: noon,
  n: 1,
  disposition: 'reached',
  flags: ['reached', 'human-answered', 'completed'],
  note: null,
  callbackAt: null,
  callId: null,
  byHandset: true,
  talkMs: null,
  late: false,
  correctedAt: null,
  before: { state: 'pending', dueAt: null, callback: null },
  ...over,
})
