import { Room } from './room'
import type { AgentProfile } from './ports'

export class AgentRoom extends Room {
  async setProfile(_profile: AgentProfile): Promise<void> {}
}
