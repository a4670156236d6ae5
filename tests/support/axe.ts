import type { Page } from '@playwright/test'
import axe from 'axe-core'

/** The rules of WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * What axe finds on the page as it stands, one line a finding. It is brought into a page once and asked there as often as
 * the page changes; our pages have no frames, so nothing has to be gathered from elsewhere.
 */
export async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async (tags) => {
    const { axe: here } = window as unknown as { axe: typeof axe }
    const { violations } = await here.run(document, { runOnly: tags, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 140)}`),
    )
  }, TAGS)
}
