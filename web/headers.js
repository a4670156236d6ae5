import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Kit's route announcer carries the one inline style of the app; base.css says the same, the hash keeps the console quiet. */
const ANNOUNCER_STYLE = 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='

/**
 * AUTH-6: the policy goes out as a header, so it is written with the page it guards: Kit's inline start-up script is
 * allowed by its hash, nothing else inline is.
 * @param {string} html
 */
export function contentSecurityPolicy(html) {
  const hashes = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script]) =>
      `'sha256-${createHash('sha256')
        .update(script ?? '')
        .digest('base64')}'`,
  )
  return [
    "default-src 'self'",
    ['script-src', "'self'", ...hashes].join(' '),
    `style-src 'self' 'unsafe-hashes' '${ANNOUNCER_STYLE}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join('; ')
}

/**
 * The file that Cloudflare and our own server read: what every answer carries, and how long it may be kept.
 * @param {string} folder the built pages
 */
export async function writeHeaders(folder) {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const fixed = await readFile(join(folder, '_headers'), 'utf8')
  await writeFile(join(folder, '_headers'), fixed.replaceAll('{policy}', contentSecurityPolicy(html)))
}
