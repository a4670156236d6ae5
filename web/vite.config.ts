import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { SvelteKitPWA } from '@vite-pwa/sveltekit'
import { defineConfig } from 'vite'

const api = process.env.API ?? 'http://localhost:8787'

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit(),
    SvelteKitPWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service-worker.ts',
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        name: 'Switchroom',
        short_name: 'Switchroom',
        description: 'A call centre that runs at the edge',
        start_url: '/',
        display: 'standalone',
        // IMP-1: "open with" of the system, once the app is installed
        file_handlers: [
          {
            action: '/pools/open-list',
            accept: {
              'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
              'application/vnd.ms-excel': ['.xls'],
              'application/vnd.oasis.opendocument.spreadsheet': ['.ods'],
              'text/csv': ['.csv'],
            },
          },
        ],
        // PHONE-2: the number comes in the fragment, which never leaves the browser
        protocol_handlers: [
          { protocol: 'tel', url: '/desk#call=%s' },
          { protocol: 'sip', url: '/desk#call=%s' },
        ],
        background_color: '#e9ecf1',
        theme_color: '#11151d',
        icons: [
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
        ],
      },
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,woff2,webmanifest}'],
        maximumFileSizeToCacheInBytes: 4_000_000,
      },
      kit: { adapterFallback: 'index.html', spa: true },
      devOptions: { enabled: false },
    }),
  ],
  server: {
    fs: { allow: ['..'] },
    proxy: Object.fromEntries(
      ['/api', '/sip', '/health'].map((path) => [path, { target: api, ws: true, headers: { origin: api } }]),
    ),
  },
})
