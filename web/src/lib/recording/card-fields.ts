/** Fields that take a card's number (HTML's `autofill` tokens), and what a page marks so by hand. */
const CARD_FIELD = '[data-card], [autocomplete^="cc-"]'

const isCardField = (target: EventTarget | null): boolean =>
  Boolean((target as Partial<Element> | null)?.closest?.(CARD_FIELD))

/** PHONE-11: tells when the focus comes into such a field and when it leaves; going from one to the next is no leaving. */
export function watchCardFields(changed: (isIn: boolean) => void): void {
  let isIn = false
  const tell = (now: boolean) => {
    if (now === isIn) return
    isIn = now
    changed(now)
  }
  addEventListener('focusin', (event) => tell(isCardField(event.target)))
  addEventListener('focusout', (event) => tell(isCardField((event as FocusEvent).relatedTarget)))
}
