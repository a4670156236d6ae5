import { Room } from './room'

export class LedgerRoom extends Room {}
