import { Room } from './room'

export class AgentRoom extends Room {}
