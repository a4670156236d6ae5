import { Room } from './room'

export class CallRoom extends Room {}
