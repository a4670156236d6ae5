const SCRIPT = '/service-worker.js'
const LOOK_EVERY_MS = 60 * 60_000

/**
 * The installed version of the app and the next one (SYNC-10): announced when it is ready, loaded when the person says so,
 * never during a call by itself. Other tabs keep what they have until their own reload.
 */
class AppVersion {
  isNewReady = $state(false)
  private registration: ServiceWorkerRegistration | null = null
  private isAsked = false

  /** Registers the service worker; quiet where there is none (an insecure origin, a development server). */
  async start(): Promise<void> {
    if (this.registration || !('serviceWorker' in navigator) || import.meta.env.DEV) return
    try {
      this.registration = await navigator.serviceWorker.register(SCRIPT, { scope: '/', updateViaCache: 'none' })
    } catch {
      return
    }
    const { registration } = this
    // a browser that blocks service workers may resolve with nothing, whatever the types say
    if (!(registration as ServiceWorkerRegistration | undefined)) return
    if (registration.waiting) this.isNewReady = true
    registration.addEventListener('updatefound', () => {
      const coming = registration.installing
      coming?.addEventListener('statechange', () => {
        if (coming.state === 'installed' && navigator.serviceWorker.controller) this.isNewReady = true
      })
    })
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (this.isAsked) location.reload()
    })
    const look = () => void registration.update().catch(() => {})
    setInterval(look, LOOK_EVERY_MS)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look())
  }

  /** Loads the new version: this tab reloads; what the desk holds is in IndexedDB. */
  load(): void {
    this.isAsked = true
    const { waiting } = this.registration ?? {}
    if (waiting) waiting.postMessage({ type: 'load-new-version' })
    else location.reload()
  }
  later(): void {
    this.isNewReady = false
  }
}
export const appVersion = new AppVersion()
