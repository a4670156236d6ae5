/** What a pool's journal says. Rows name what changed; the drain reads how it stands when it gets there. */
export type PoolEvent =
  | { kind: 'changed'; entries: number[]; attempts?: string[]; cards?: boolean }
  | { kind: 'do-not-call-added'; number: string; at: number; by: string }
  | { kind: 'do-not-call-lifted'; number: string }
  | { kind: 'lease-ended'; agentId: string; leaseId: string; by: string; reason: string | null }
  | { kind: 'holder-warned'; agentId: string; leaseId: string; by: string }
  | { kind: 'import-changed'; importId: string }
  | { kind: 'audited'; at: number; actorId: string; action: string; subject: string; detail: Record<string, unknown> }
