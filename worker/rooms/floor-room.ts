import { Room } from './room'

export class FloorRoom extends Room {}
