import { mount, unmount } from 'svelte'
import CallWindow from './CallWindow.svelte'
import type { Phone } from './phone'

type DocumentPip = { requestWindow(size: { width: number; height: number }): Promise<Window>; window: Window | null }
const pictures = (): DocumentPip | undefined =>
  (globalThis as { documentPictureInPicture?: DocumentPip }).documentPictureInPicture

/** PHONE-12. Document Picture-in-Picture: where a browser has none, there is no key for it either. */
export const hasCallWindow = (): boolean => pictures() !== undefined

const SIZE = { width: 300, height: 172 }

/** A small window above all others: who, how long, mute, hold, end. From a press alone; closed with the call. */
export async function openCallWindow(phone: Phone, format: (number: string) => string): Promise<void> {
  const pip = pictures()
  if (!pip || pip.window) return
  const view = await pip.requestWindow(SIZE).catch(() => null)
  if (!view) return
  const unlink = dress(view.document)
  const content = mount(CallWindow, { target: view.document.body, props: { phone, format, close: () => view.close() } })
  const closed = () => {
    unlink()
    void unmount(content)
  }
  view.addEventListener('pagehide', closed, { once: true })
}

/** The window's document has none of ours: its sheets, and what the page's root says of language, direction and look, as it changes. */
function dress(to: Document): () => void {
  for (const node of document.querySelectorAll<HTMLElement>('style, link[rel=stylesheet]')) {
    const copied = node.cloneNode(true) as HTMLElement
    if (node instanceof HTMLLinkElement) copied.setAttribute('href', node.href)
    to.head.append(copied)
  }
  const [from, root] = [document.documentElement, to.documentElement]
  const copy = () => {
    for (const { name } of [...root.attributes]) if (!from.hasAttribute(name)) root.removeAttribute(name)
    for (const { name, value } of from.attributes) root.setAttribute(name, value)
  }
  copy()
  to.title = document.title
  const follows = new MutationObserver(copy)
  follows.observe(from, { attributes: true })
  return () => follows.disconnect()
}
