import { m } from '$lib/paraglide/messages'
import { needsOf, type Need, type Results } from './check'
import { CHECK_NAMES, needWords, outcomeWords, stateWords, VERDICTS } from './check-words'
import type { Row } from './preflight.svelte'
import type { Verdict } from './verdict'

/** What has to be let through, each once. */
export function allNeeds(results: Results): Need[] {
  const needs = Object.values(results).flatMap((outcome) => needsOf(outcome))
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]
}

/** PHONE-6: the page as text for an administrator. No password of a relay, no address of the machine. */
export function reportOf(
  rows: readonly Row[],
  verdict: Verdict | null,
  needs: readonly Need[],
  about: { host: string; agent: string; when: string },
): string {
  const lines = rows.map((row) => {
    const said = row.outcome ? ` ${outcomeWords(row.outcome)}` : ''
    return `- ${CHECK_NAMES[row.name]()}: ${stateWords(row)}.${said}`
  })
  const asked = needs.length > 0 ? ['', m.check_ask_words(), ...needs.map((need) => `- ${needWords(need)}`)] : []
  return [
    `${m.check_title()}${verdict ? `: ${VERDICTS[verdict].title()}` : ''}`,
    about.when,
    m.check_report_server({ host: about.host }),
    m.check_report_browser({ agent: about.agent }),
    '',
    ...lines,
    ...asked,
  ].join('\n')
}
