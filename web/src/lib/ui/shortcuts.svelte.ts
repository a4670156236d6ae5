import { untrack } from 'svelte'

/** What `?` lists: each part of a page adds its keys while they work (LOOK-4). */
export type ShortcutGroup = { title: string; keys: readonly { key: string; does: string }[] }

class Shortcuts {
  groups = $state.raw<readonly ShortcutGroup[]>([])
  isOpen = $state(false)
  /** Adds a group; call what it returns to take it away (the shape of an effect). */
  add(group: ShortcutGroup): () => void {
    // read apart from the effect that adds: it would follow its own change for ever
    this.groups = [...untrack(() => this.groups), group]
    return () => {
      this.groups = this.groups.filter((one) => one !== group)
    }
  }
}
export const shortcuts = new Shortcuts()

/** Single keys belong to the text while someone types, and to the open sheet or menu while there is one. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target?.isContentEditable === true ||
    Boolean(target?.closest?.('dialog[open], [role=menu]'))
  )
}
