import { networkInterfaces, hostname } from 'node:os'
import path from 'node:path'
import { root } from '../build/root.mjs'

/** What `npm start` is told by the environment. */
export type Settings = {
  port: number
  host: string
  https: boolean
  stateDir: string
  demo: boolean
  adminPassword: string | null
  /** Origins a browser may come from; the first is the one printed. */
  origins: string[]
  /** Passed to the Worker as they are. */
  vars: Record<string, string>
}

const ICE = ['STUN_URLS', 'TURN_URLS', 'TURN_SECRET', 'CLOUDFLARE_TURN_KEY', 'CLOUDFLARE_TURN_TOKEN'] as const
const PASSED_ON = ['LOG_LEVEL', 'RING_SECONDS', 'CHALLENGE_SECONDS', 'BENCH', ...ICE] as const

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const port = Number(env.PORT ?? 8787)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT must be a number from 1 to 65535, not "${env.PORT}".`)
  const https = env.HTTPS === '1'
  const host = env.HOST ?? '127.0.0.1'
  const scheme = https ? 'https' : 'http'
  const names = isEverywhere(host)
    ? ['localhost', '127.0.0.1', hostname(), ...lanAddresses()]
    : host === '127.0.0.1'
      ? ['localhost', '127.0.0.1']
      : [host]
  const origins = env.PUBLIC_ORIGIN ? env.PUBLIC_ORIGIN.split(',') : names.map((name) => `${scheme}://${name}:${port}`)
  return {
    port,
    host,
    https,
    stateDir: path.resolve(root, env.STATE_DIR ?? '.state'),
    demo: env.DEMO !== '0',
    adminPassword: env.ADMIN_PASSWORD || null,
    origins,
    vars: Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
  }
}

export const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::'

/** This machine's addresses on its networks, IPv4. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address)
}
