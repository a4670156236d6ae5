import AudioLines from '@lucide/svelte/icons/audio-lines'
import Cable from '@lucide/svelte/icons/cable'
import Headset from '@lucide/svelte/icons/headset'
import LayoutGrid from '@lucide/svelte/icons/layout-grid'
import ListOrdered from '@lucide/svelte/icons/list-ordered'
import ListChecks from '@lucide/svelte/icons/list-checks'
import PhoneOff from '@lucide/svelte/icons/phone-off'
import PhoneOutgoing from '@lucide/svelte/icons/phone-outgoing'
import Settings from '@lucide/svelte/icons/settings'
import Stethoscope from '@lucide/svelte/icons/stethoscope'
import Users from '@lucide/svelte/icons/users'
import Waypoints from '@lucide/svelte/icons/waypoints'
import type { Component } from 'svelte'
import type { Action } from '#shared/domain/access/table'
import { m } from '$lib/paraglide/messages'

/** The pages of the app: the navigation shows those a person may open, the frame guards the rest (AUTH-1). `under`: which entry of the navigation such a page belongs to. */
export type Page = { path: string; needs: Action; title: () => string; icon: Component; inNav: boolean; under?: string }
export const PAGES: readonly Page[] = [
  { path: '/desk', needs: 'pull', title: m.nav_desk, icon: Headset, inNav: true },
  { path: '/list', needs: 'entry.list', title: m.list_title, icon: ListOrdered, inNav: false, under: '/desk' },
  { path: '/floor', needs: 'floor.read', title: m.nav_floor, icon: LayoutGrid, inNav: true },
  { path: '/pools', needs: 'pool.change', title: m.nav_pools, icon: Waypoints, inNav: true },
  { path: '/attempts', needs: 'attempt.read.own', title: m.nav_attempts, icon: ListChecks, inNav: true },
  {
    path: '/calls',
    needs: 'attempt.read.own',
    title: m.entries_calls_title,
    icon: ListChecks,
    inNav: false,
    under: '/attempts',
  },
  {
    path: '/recordings',
    needs: 'recording.hear',
    title: m.recording_title,
    icon: AudioLines,
    inNav: false,
    under: '/attempts',
  },
  { path: '/people', needs: 'user.list', title: m.nav_people, icon: Users, inNav: true },
  { path: '/do-not-call', needs: 'do-not-call.read', title: m.nav_do_not_call, icon: PhoneOff, inNav: true },
  {
    path: '/settings/check',
    needs: 'me.read',
    title: m.check_title,
    icon: Stethoscope,
    inNav: false,
    under: '/settings',
  },
  {
    path: '/settings/dialling',
    needs: 'dialling.read',
    title: m.guard_title,
    icon: PhoneOutgoing,
    inNav: false,
    under: '/settings',
  },
  {
    path: '/settings/recording',
    needs: 'recording.change',
    title: m.recording_settings_title,
    icon: AudioLines,
    inNav: false,
    under: '/settings',
  },
  {
    path: '/settings/trunks',
    needs: 'trunk.read',
    title: m.trunk_title,
    icon: Cable,
    inNav: false,
    under: '/settings',
  },
  { path: '/settings', needs: 'me.read', title: m.nav_settings, icon: Settings, inNav: false },
]

export function pageOf(path: string): Page | undefined {
  return PAGES.find((page) => path === page.path || path.startsWith(`${page.path}/`))
}
