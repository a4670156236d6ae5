import { cpSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { root } from '../build/root.mjs'
import { assetHeaders } from './asset-headers'
import type { Secrets } from './secrets'
import type { Settings } from './settings'

/** One value of wrangler.toml, a text or a list of texts on one line: the deployed Worker and the local one are told the same. */
function configured<T extends string | string[] = string>(key: string): T {
  const found = new RegExp(`^${key} = (".*"|\\[.*\\])$`, 'm').exec(
    readFileSync(path.join(root, 'wrangler.toml'), 'utf8'),
  )
  if (!found?.[1]) throw new Error(`wrangler.toml has no ${key}`)
  return JSON.parse(found[1]) as T
}

export const ROOMS = {
  POOL: 'PoolRoom',
  AGENT: 'AgentRoom',
  CALL: 'CallRoom',
  FLOOR: 'FloorRoom',
  LEDGER: 'LedgerRoom',
  NUMBER: 'NumberRoom',
  METER: 'MeterRoom',
  TRUNK: 'TrunkRoom',
}
/** The same as wrangler.toml's `run_worker_first`. */
const WORKER_FIRST = ['/api/*', '/sip', '/health', '/ready', '/_app/immutable/*', '/demo/*']

/** Whether this path is the Worker's, whatever the files of the app are. */
export function isWorkers(path: string): boolean {
  return WORKER_FIRST.some((rule) => (rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : path === rule))
}

/**
 * The Worker in Miniflare on the state folder. Names and folders are wrangler's own (`--persist-to`), so the same state
 * opens in `wrangler dev`. `url` leads through Miniflare's routers, which serve the app's files; `straight` to the Worker.
 */
export async function startRuntime(
  settings: Settings,
  secrets: Secrets,
  proxySecret: string,
): Promise<{ runtime: Miniflare; url: URL; straight: URL; pids: number[] }> {
  const state = path.join(settings.stateDir, 'v3')
  // a copy: a build beside a running server must not pull its files away
  const app = path.join(settings.stateDir, 'app')
  rmSync(app, { recursive: true, force: true })
  cpSync(path.join(root, 'web/build'), app, { recursive: true })
  const before = new Set(children())
  const runtime = new Miniflare({
    name: configured('name'),
    host: '127.0.0.1',
    port: 0,
    log: new Log(LogLevel.NONE),
    logRequests: false,
    cf: false,
    liveReload: false,
    compatibilityDate: configured('compatibility_date'),
    compatibilityFlags: configured<string[]>('compatibility_flags'),
    modules: [
      {
        type: 'ESModule',
        path: path.join(root, '.build/worker.js'),
        contents: readFileSync(path.join(root, '.build/worker.js'), 'utf8'),
      },
    ],
    modulesRoot: path.join(root, '.build'),
    bindings: {
      ...secrets,
      PROXY_SECRET: proxySecret,
      PUBLIC_ORIGIN: settings.origins.join(','),
      DEMO: settings.demo ? '1' : '0',
      LOG_LEVEL: 'warn',
      ...settings.vars,
    },
    durableObjects: Object.fromEntries(
      Object.entries(ROOMS).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    durableObjectsPersist: path.join(state, 'do'),
    d1Databases: { DB: configured('database_id') },
    d1Persist: path.join(state, 'd1'),
    r2Buckets: { RECORDINGS: configured('bucket_name') },
    r2Persist: path.join(state, 'r2'),
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0, entrypoint: 'Straight' }],
    assets: {
      workerName: configured('name'),
      directory: app,
      binding: 'ASSETS',
      routerConfig: {
        has_user_worker: true,
        invoke_user_worker_ahead_of_assets: false,
        static_routing: { user_worker: WORKER_FIRST },
      },
      assetConfig: {
        html_handling: 'auto-trailing-slash',
        not_found_handling: 'single-page-application',
        has_static_routing: true,
        headers: assetHeaders(),
      },
    },
    handleRuntimeStdio: (out: NodeJS.ReadableStream, err: NodeJS.ReadableStream) => {
      out.on('data', (line: Buffer) => process.stdout.write(line))
      err.on('data', (line: Buffer) => quietly(line.toString()))
    },
  })
  const url = await runtime.ready
  const straight = await runtime.unsafeGetDirectURL(configured('name'), 'Straight')
  return { runtime, url, straight, pids: children().filter((pid) => !before.has(pid)) }
}

/** workerd tells of every peer that goes away; that is everyday life, not an error of ours. */
function quietly(text: string): void {
  const kept = text
    .split('\n')
    .filter((line) => line && !/disconnected|WebSocket was aborted|Broken pipe|Connection reset/.test(line))
  if (kept.length) process.stderr.write(`${kept.join('\n')}\n`)
}

function children(): number[] {
  if (process.platform === 'win32') return []
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split(/\s+/)
      .map(Number)
      .filter(Boolean)
  } catch {
    return []
  }
}
