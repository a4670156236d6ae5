import { Room } from './room'

export class PoolRoom extends Room {}
