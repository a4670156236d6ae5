import type { ShellStore } from '../shell-store'
import type { PoolEvent } from './events'

type Changed = Extract<PoolEvent, { kind: 'changed' }>

/**
 * The journal's word on what a group changed: one row a group, not one a command. A row names entries and attempts, and the
 * drain reads how they stand when it gets there, so the first change's number is right for all of the group.
 */
export class GatheredChanges {
  private row: { seq: number; entries: Set<number>; attempts: Set<string>; isWritten: boolean } | null = null

  constructor(private readonly shell: ShellStore) {}

  /** The number that a reply's `projection` names. */
  add({ entries, attempts = [] }: Changed): number {
    if (!this.row) {
      const seq = this.shell.append(crypto.randomUUID(), { kind: 'changed', entries, attempts } satisfies PoolEvent)
      this.row = { seq, entries: new Set(entries), attempts: new Set(attempts), isWritten: true }
      return seq
    }
    for (const id of entries) this.row.entries.add(id)
    for (const id of attempts) this.row.attempts.add(id)
    this.row.isWritten = false
    return this.row.seq
  }

  /** Before the commit, in the same transaction. */
  keep(): void {
    const { row } = this
    this.row = null
    if (!row || row.isWritten) return
    const event: PoolEvent = { kind: 'changed', entries: [...row.entries], attempts: [...row.attempts] }
    this.shell.rewrite(row.seq, event)
  }

  /** Undone with the group. */
  forget(): void {
    this.row = null
  }
}
