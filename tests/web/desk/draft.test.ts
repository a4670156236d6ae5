import { describe, expect, it } from 'vitest'
import type { AnswerValues } from '#shared/domain/pool/form'
import { emptyDraft, isFormEmptied } from '../../../web/src/lib/desk/draft'

const latest = (answers?: AnswerValues) =>
  ({ latest: { command: { kind: 'record-disposition', ...(answers ? { answers } : {}) } } }) as unknown as Parameters<
    typeof isFormEmptied
  >[0]
const saying = (answers: AnswerValues) => ({ ...emptyDraft('a'), answers })

describe('a correction of what the form said', () => {
  it('[POOL-14] [POOL-28] says so where every answer was taken back, and only there', () => {
    expect(isFormEmptied(latest({ plan: 'Gold' }), saying({}))).toBe(true)
    expect(isFormEmptied(latest({ plan: 'Gold' }), saying({ plan: '' }))).toBe(true)
    expect(isFormEmptied(latest({ plan: 'Gold' }), saying({ plan: 'Silver' }))).toBe(false)
    expect(isFormEmptied(latest({}), saying({}))).toBe(false)
    expect(isFormEmptied(latest(), saying({}))).toBe(false)
  })
})
