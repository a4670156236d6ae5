/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare let self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] }

/**
 * The app opens from this device, any of its addresses, network or not (SYNC-7). What the server answers is never cached
 * here: what the desk holds stands in IndexedDB. A new version waits until a person asks for it (SYNC-10).
 */
cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
const ASK_THE_SERVER = [/^\/api(\/|-docs)/, /^\/sip/, /^\/health/, /^\/ready/, /^\/demo\//]
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: ASK_THE_SERVER }))

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  if ((event.data as { type?: string } | null)?.type === 'load-new-version') void self.skipWaiting()
})
/** The page of the first visit is served from here as well: a part loaded later must not need the network. */
clientsClaim()
