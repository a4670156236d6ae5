import type { CustomerNews } from '#shared/protocol/customer-edit'

/**
 * What a pool's journal says. Rows name what changed; the drain reads how it stands when it gets there. `exact`: a card as
 * it stands, emptied fields too.
 */
export type PoolEvent =
  | { kind: 'changed'; entries: number[]; attempts?: string[]; cards?: boolean; exact?: boolean }
  /** `list`: where it came onto; older events mean the global one. */
  | { kind: 'do-not-call-added'; list?: string; number: string; at: number; by: string; byName?: string }
  | { kind: 'do-not-call-lifted'; list?: string; number: string }
  | { kind: 'lease-ended'; agentId: string; leaseId: string; by: string; reason: string | null }
  | { kind: 'holder-warned'; agentId: string; leaseId: string; by: string }
  | { kind: 'callback-changed'; agentId: string }
  /** POOL-23: someone edits, or edited, this customer; whoever holds the customer hears of it. */
  | { kind: 'card-news'; agentId: string; news: CustomerNews }
  /** They went to another pool, or were taken out: lists forget them. */
  /** `customers`: of those whom nothing else names either, the directory forgets them too. */
  | { kind: 'removed'; entries: number[]; customers?: string[] }
  | { kind: 'import-changed'; importId: string }
  | { kind: 'audited'; at: number; actorId: string; action: string; subject: string; detail: Record<string, unknown> }
