/** Where a customer is edited: the entry of one pool. */
export type Place = { poolId: string; entryId: string }
