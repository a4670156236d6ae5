import type { Preferences } from '#shared/protocol/users'

/** POOL-12: the link that hands a number to this device's own telephone, in the form its program understands. */
export async function dialLink(e164: string, form: Preferences['deviceDial']): Promise<string> {
  return `${form.scheme}:${await written(e164, form.format)}`
}

async function written(e164: string, format: Preferences['deviceDial']['format']): Promise<string> {
  if (format === 'e164') return e164
  const bare = e164.slice(1)
  if (format === 'digits') return bare
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min')
  return parsePhoneNumberFromString(e164)?.formatNational().replace(/\D/g, '') ?? bare
}
