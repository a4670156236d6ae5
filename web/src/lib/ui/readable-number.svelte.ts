import { grouped } from './grouped-number'

type Parse = (number: string) => { formatInternational(): string } | undefined

/**
 * Numbers as people of their country read them. The metadata of all countries is loaded beside the first screen, not before
 * it; until then the same digits stand in plain groups.
 */
class ReadableNumbers {
  private parse = $state.raw<Parse | null>(null)
  private loading: Promise<void> | null = null

  load(): Promise<void> {
    this.loading ??= import('libphonenumber-js/min').then(
      ({ parsePhoneNumberFromString }) => {
        this.parse = parsePhoneNumberFromString
      },
      () => {
        this.loading = null
      },
    )
    return this.loading
  }
  readable(e164: string): string {
    return this.parse?.(e164)?.formatInternational() ?? grouped(e164)
  }
}
export const numbers = new ReadableNumbers()
