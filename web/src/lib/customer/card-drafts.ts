import type { CustomerView } from '#shared/protocol/pulls'
import type { CardForm } from './card-form'
import type { Place } from './place'

export type CardDraft = { form: CardForm; base: CustomerView; at: number }

/**
 * What was typed into a customer's form and not saved, by customer: closing the sheet, a reload and somebody who takes the
 * lock over lose nothing. In localStorage for the reasons of decision 0071.
 */
export class CardDrafts {
  private readonly key: string
  constructor(
    { poolId, entryId }: Place,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
  ) {
    this.key = `card-draft-${poolId}-${entryId}`
  }

  read(): CardDraft | null {
    try {
      const draft = JSON.parse(this.storage.getItem(this.key) ?? 'null') as CardDraft | null
      return draft && typeof draft.form?.name === 'string' && Array.isArray(draft.form.custom) ? draft : null
    } catch {
      return null
    }
  }
  write(draft: CardDraft): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(draft))
    } catch {
      // a full store: it stays on the screen
    }
  }
  forget(): void {
    this.storage.removeItem(this.key)
  }
}
