import type { Attachment } from 'svelte/attachments'

/** Narrow screens, as the pages lay themselves out. */
const NARROW = '(max-width: 720px)'

/** What stands at the foot of a narrow screen: notices stay above it (`--dock`, toasts.svelte). */
export const dock: Attachment<HTMLElement> = (element) => {
  const narrow = matchMedia(NARROW)
  const { style } = document.documentElement
  const tell = () => {
    const height = narrow.matches ? window.innerHeight - element.getBoundingClientRect().top : 0
    style.setProperty('--dock', `${Math.max(0, Math.round(height))}px`)
  }
  const observer = new ResizeObserver(tell)
  observer.observe(element)
  observer.observe(document.documentElement)
  narrow.addEventListener('change', tell)
  return () => {
    observer.disconnect()
    narrow.removeEventListener('change', tell)
    style.removeProperty('--dock')
  }
}
