/** LOOK-1. `contrast` is this device's alone; the others follow the person. first-paint.js reads the same key. */
export const THEMES = ['system', 'light', 'dark', 'contrast'] as const
export type Theme = (typeof THEMES)[number]
const KEY = 'theme'

class ThemeState {
  choice = $state<Theme>(stored() ?? 'system')
  /** Chosen on this device; else the person's preference may set it. */
  get isChosenHere(): boolean {
    return stored() !== null
  }
  choose(theme: Theme): void {
    localStorage.setItem(KEY, theme)
    this.show(theme)
  }
  show(theme: Theme): void {
    this.choice = theme
    const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
    const shown = theme === 'contrast' ? 'contrast' : dark ? 'dark' : 'light'
    document.documentElement.dataset.theme = shown
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', shown === 'dark' ? '#0a0c11' : '#e9ecf1')
  }
  /** Follows the system while that is the choice. */
  watch(): () => void {
    this.show(this.choice)
    const query = matchMedia('(prefers-color-scheme: dark)')
    const follow = () => this.show(this.choice)
    // Chosen in another tab of this browser: this one follows.
    const hear = ({ key }: StorageEvent) => key === 'theme' && this.show(stored() ?? 'system')
    query.addEventListener('change', follow)
    addEventListener('storage', hear)
    return () => {
      query.removeEventListener('change', follow)
      removeEventListener('storage', hear)
    }
  }
}

function stored(): Theme | null {
  const value = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY)
  return (THEMES as readonly (string | null)[]).includes(value) ? (value as Theme) : null
}

export const theme = new ThemeState()
