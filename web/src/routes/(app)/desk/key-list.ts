import { m } from '$lib/paraglide/messages'
import type { ShortcutGroup } from '$lib/ui/shortcuts.svelte'

/** The keys of the desk, for the list that `?` opens. */
export const deskKeyList = (): ShortcutGroup => ({
  title: m.desk_keys_title(),
  keys: [
    { key: 'N', does: m.desk_next() },
    { key: 'C', does: m.desk_key_call() },
    { key: '1–9, 0', does: m.desk_key_digits() },
    { key: 'Enter', does: m.desk_key_save() },
    { key: 'J', does: m.desk_key_note() },
    { key: 'Ctrl Enter', does: m.desk_key_note_save() },
    { key: 'S', does: m.desk_key_skip() },
    { key: 'Z', does: m.desk_key_undo() },
    { key: 'B', does: m.desk_key_callbacks() },
    { key: 'M', does: m.desk_key_mute() },
    { key: 'H', does: m.desk_key_hold() },
    { key: 'K', does: m.desk_key_keypad() },
    { key: 'T', does: m.phone_key_transfer() },
    { key: 'W', does: m.phone_key_swap() },
    { key: 'G', does: m.phone_key_merge() },
    { key: 'A', does: m.lines_key_answer() },
    { key: 'D', does: m.lines_key_decline() },
    { key: 'R', does: m.recording_key() },
    { key: 'Shift E', does: m.desk_key_end() },
  ],
})
