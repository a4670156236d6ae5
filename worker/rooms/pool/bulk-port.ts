import type { BulkAction } from '#shared/domain/pool/bulk'
import type { Entry } from '#shared/domain/pool/entry'
import type { BulkRow, BulkSelection, BulkView } from '#shared/protocol/bulk'
import type { RefusalCode } from '#shared/protocol/problem'
import type { Check } from '../../db/do-not-call'
import type { Asked } from '../ports'
import type { Card } from './card-store'
import type { CarriedAttempt } from './carried-store'
import type { CardEdit } from './edit-store'
import type { Commander } from './replies'

export type BulkAsked = { id: string; action: BulkAction; selection: BulkSelection; reason: string }

/** What goes with an entry into another pool. */
export type Passenger = {
  entry: Entry
  phone: string
  customerId: string
  lastDisposition: string | null
  card: Card
  /** POOL-27: further numbers. */
  phones: { number: string; given: string }[]
  /** Newest first (POOL-11). */
  attempts: CarriedAttempt[]
  /** POOL-23: who changed which field, newest first; what a person changed is kept by lists there too. */
  edits: CardEdit[]
  /** POOL-21. */
  seenAt: number
}
export type TransferBatch = {
  /** Made once: the same batch again is answered again. */
  batch: string
  fromPoolId: string
  by: { id: string; name: string }
  passengers: Passenger[]
  /** POOL-16: what the lists said of these numbers. */
  check: Check
}
/** In the order given: taken, or why not. */
export type TransferReply = { outcomes: ('taken' | RefusalCode)[] }

/** POOL-24: bulk actions of one pool. */
export interface BulkPort {
  /** Idempotent by its id; it goes on in the background. Refuses unknown-pool. */
  startBulk(actor: Commander, asked: BulkAsked): Promise<Asked<BulkView>>
  bulks(): Promise<BulkView[]>
  bulk(id: string): Promise<Asked<BulkView>>
  bulkRows(id: string, cursor: number, limit: number): Promise<Asked<{ items: BulkRow[]; nextCursor: string | null }>>
  /** What is done stays done; the rest is left as it was. */
  cancelBulk(actor: Commander, id: string): Promise<Asked<BulkView>>
  /** The receiving half of a transfer, asked by the other pool's room. Refuses unknown-pool, pool-closed, conflict. */
  takeTransfer(batch: TransferBatch): Promise<Asked<TransferReply>>
}
