import adapter from '@sveltejs/adapter-static'
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

/** One page, no server rendering: the Worker serves the same shell for every path, and so does the service worker offline. */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html', strict: false }),
    serviceWorker: { register: false },
    alias: { '$styles': 'src/styles' },
    version: { pollInterval: 0 },
  },
}
