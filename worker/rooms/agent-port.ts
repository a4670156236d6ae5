import type { Env } from '../env'
import type { AgentPort } from './ports'

/** The AgentRoom of an AOR as other rooms see it: the port, not the class. */
export function agentPort(env: Pick<Env, 'AGENT'>, aor: string): AgentPort {
  return env.AGENT.getByName(aor) as unknown as AgentPort
}
