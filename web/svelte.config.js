import adapterStatic from '@sveltejs/adapter-static'
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'
import { writeHeaders } from './headers.js'

const pages = adapterStatic({ pages: 'build', assets: 'build', fallback: 'index.html', strict: false })

/** One page, no server rendering: the Worker serves the same shell for every path, and so does the service worker offline. */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: {
      name: 'switchroom-pages',
      /** @param {import('@sveltejs/kit').Builder} builder */
      async adapt(builder) {
        await pages.adapt(builder)
        await writeHeaders('build')
      },
    },
    serviceWorker: { register: false },
    alias: { $styles: 'src/styles' },
    version: { pollInterval: 0 },
  },
}
