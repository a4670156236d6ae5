import type { Snippet } from 'svelte'

/**
 * The app's frame as pages may use it. A page that needs the top bar for its own (the desk: state, today, line, sync)
 * fills `bar`; the navigation then moves into the menu of my face. `still`: the page fills the window and never scrolls.
 */
class Frame {
  bar = $state<Snippet | null>(null)
  /** A small word at the end of the bar, beside the navigation (the floor: how far behind the live view is). */
  aside = $state<Snippet | null>(null)
  still = $state(false)
}
export const frame = new Frame()
