import { strongestChallenge } from '../digest'
import { authorization, type Account } from './registration'

/**
 * A request that a CallRoom repeats after a challenge carries the challenge itself; the room of the trunk, which alone knows the
 * password, puts credentials in its place. So no password is in a call's rows.
 */
export const CHALLENGE = 'X-Switchroom-Challenge'

/** The lines for a request that answers a 401 or 407. */
export const challengeLines = (status: number, challenges: readonly string[]): string[] =>
  challenges.map((challenge) => `${CHALLENGE}: ${status} ${challenge}`)

/** Credentials instead of the challenges; a text without any is answered as it is. */
export function signed(
  text: string,
  account: Pick<Account, 'username' | 'authName' | 'password'>,
  cnonce: string,
): string {
  if (!text.includes(`\r\n${CHALLENGE}: `)) return text
  const end = text.indexOf('\r\n\r\n')
  const [start = '', ...lines] = text.slice(0, end).split('\r\n')
  const isChallenge = (line: string) => line.startsWith(`${CHALLENGE}: `)
  const challenges = lines.filter(isChallenge).map((line) => line.slice(CHALLENGE.length + 2))
  const [method = '', uri = ''] = start.split(' ')
  const challenge = strongestChallenge(challenges.map((one) => one.slice(4)))
  const isProxy = challenges[0]?.startsWith('407') === true
  const credentials = challenge ? [authorization(challenge, isProxy, account, { method, uri, count: 1, cnonce })] : []
  return [start, ...lines.filter((line) => !isChallenge(line)), ...credentials].join('\r\n') + text.slice(end)
}
