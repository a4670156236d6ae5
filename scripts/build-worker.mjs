import { build } from 'esbuild'
import path from 'node:path'
import { root } from './build/root.mjs'

/** Bundles the Worker as `wrangler deploy` would, for Miniflare. */
await build({
  entryPoints: [path.join(root, 'worker/index.ts')],
  outfile: path.join(root, '.build/worker.js'),
  bundle: true,
  format: 'esm',
  target: 'es2024',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*', 'node:*'],
  sourcemap: 'linked',
  minify: false,
  // names kept by force are defined at every making of a function, on the way of every message; what collides may be renamed
  keepNames: false,
  logLevel: 'warning',
})
