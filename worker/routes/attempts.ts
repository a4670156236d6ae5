import { may } from '#shared/domain/access/table'
import { attemptPage, attemptQuery } from '#shared/protocol/attempts'
import { listAttempts } from '../db/attempts'
import { waitFor } from '../db/projection'
import { endpoint, json, router } from './endpoint'

export const attempts = router()

/** IMP-7, the call log. AUTH-1: without attempt.read.any only one's own. `after` waits for one's own write. */
endpoint(
  attempts,
  'attempt.read.own',
  {
    method: 'get',
    path: '/attempts',
    tags: ['attempts'],
    summary: 'Attempts, newest first: who, whom, when, talk, disposition, note',
    request: { query: attemptQuery },
    responses: { 200: json(attemptPage, 'A page of attempts') },
  },
  async (c) => {
    const actor = c.get('actor')
    const { after, ...query } = c.req.valid('query')
    const agentId = may(actor.role, 'attempt.read.any') ? query.agentId : actor.userId
    await waitFor(c.env.DB, after)
    return c.json(await listAttempts(c.env.DB, { ...query, agentId }), 200)
  },
)
