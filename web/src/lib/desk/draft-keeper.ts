import { emptyDraft, type Draft } from './draft'

/**
 * What is being typed, key by key. In localStorage, because that is written before the next key comes: a reload in the middle
 * of a word keeps the word, which a database that answers later cannot promise. One draft a person: there is one in hand.
 */
export class DraftKeeper {
  private readonly key: string
  constructor(
    userId: string,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
  ) {
    this.key = `desk-draft-${userId}`
  }

  read(leaseId: string): Draft | null {
    try {
      const draft = JSON.parse(this.storage.getItem(this.key) ?? 'null') as Draft | null
      return draft?.leaseId === leaseId && typeof draft.note === 'string' ? { ...emptyDraft(leaseId), ...draft } : null
    } catch {
      return null
    }
  }
  write(draft: Draft): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(draft))
    } catch {
      // A full store: it stays on the screen, and goes into the outbox from there.
    }
  }
  forget(leaseId: string): void {
    if (this.read(leaseId)) this.storage.removeItem(this.key)
  }
}
