import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../build/root.mjs'

type Rules = { version: 2; rules: Record<string, { set: Record<string, string>; unset?: string[] }> }

/** Cloudflare reads `_headers` by itself; Miniflare wants it as data: a path, then its headers indented under it. */
export function assetHeaders(): Rules {
  const file = path.join(root, 'web/build/_headers')
  const rules: Rules['rules'] = {}
  let place = ''
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : []) {
    if (!line.trim() || line.startsWith('#')) continue
    if (!/^\s/.test(line)) {
      place = line.trim()
      rules[place] = { set: {} }
      continue
    }
    const rule = rules[place]
    // `! Name` takes back what a wider path set.
    if (rule && line.trim().startsWith('!')) {
      rule.unset = [...(rule.unset ?? []), line.trim().slice(1).trim()]
      continue
    }
    const colon = line.indexOf(':')
    if (rule && colon > 0) rule.set[line.slice(0, colon).trim()] = line.slice(colon + 1).trim()
  }
  return { version: 2, rules }
}
