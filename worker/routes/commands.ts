import {
  agentCommand,
  commandBatch,
  commandResults,
  type AgentCommand,
  type CommandResult,
} from '#shared/protocol/commands'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const commands = router()

/** SYNC-2: what an agent did, in order; each command is judged by itself, and a bad one is refused alone. */
endpoint(
  commands,
  'command',
  {
    method: 'post',
    path: '/commands',
    tags: ['pulls'],
    summary: 'Dispositions, corrections, extensions, skips, releases',
    request: body(commandBatch),
    responses: { 200: json(commandResults, 'One result for each command, in order') },
  },
  async (c) => {
    const given = c.req.valid('json').commands
    const results = new Array<CommandResult>(given.length)
    const good: { at: number; command: AgentCommand }[] = []
    given.forEach((raw, at) => {
      const parsed = agentCommand.safeParse(raw)
      if (parsed.success) good.push({ at, command: parsed.data })
      else results[at] = badCommand(raw, parsed.error.issues[0])
    })
    if (good.length > 0) {
      const actor = c.get('actor')
      const sent = good.map(({ command }) => command)
      const answers = await agentRoom(c.env, actor.userId).command(actor, sent)
      if (isRefusal(answers)) throw new RefusalError(answers.refused)
      good.forEach(({ at }, n) => (results[at] = answers[n]!))
    }
    return c.json({ results }, 200)
  },
)

function badCommand(raw: unknown, issue: { path: PropertyKey[]; message: string } | undefined): CommandResult {
  const id =
    typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id.slice(0, 80) : ''
  return { id, outcome: 'refused', code: 'invalid-input', detail: issue && `${issue.path.join('.')}: ${issue.message}` }
}
