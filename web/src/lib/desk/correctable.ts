import type { Attempt } from '#shared/protocol/attempts'
import type { Draft } from './draft'
import type { Done } from './just-done'

/** What was said about a customer, as it stands before it is corrected. */
export type Said = Pick<Draft, 'disposition' | 'note' | 'callbackAt' | 'callbackFor' | 'answers'>

/** POOL-14: something said that can be put right: by its agent until then, by a supervisor (`until` null) at any time. */
export type Correctable = { id: string; name: string; zone: string | null; until: number | null; said: Said }

export function fromDone(done: Done): Correctable {
  const { id, customerName, phone, zone, correctableUntil } = done
  return { id, name: customerName ?? phone, zone: zone ?? null, until: correctableUntil ?? 0, said: saidAt(done) }
}

function saidAt({ latest: { command } }: Done): Said {
  if (command.kind !== 'record-disposition' && command.kind !== 'correct-disposition')
    return { disposition: null, note: '', callbackAt: null, callbackFor: 'me', answers: {} }
  return {
    disposition: command.disposition,
    note: command.note ?? '',
    callbackAt: command.callbackAt ?? null,
    callbackFor: command.callbackFor ?? 'me',
    answers: command.answers ?? {},
  }
}

/** The books keep no promised time with an attempt: it is chosen anew. */
export function fromAttempt({ id, customerName, phone, disposition, note, answers }: Attempt): Correctable {
  const said: Said = {
    disposition,
    note: note ?? '',
    callbackAt: null,
    callbackFor: 'me',
    answers: Object.fromEntries(answers.map(({ field, value }) => [field, value])),
  }
  return { id, name: customerName ?? phone, zone: null, until: null, said }
}
