// Before the first paint: theme, language and direction as they were chosen, so that nothing flashes.
;(() => {
  const root = document.documentElement
  const theme = localStorage.getItem('theme') || 'system'
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = theme === 'contrast' ? 'contrast' : dark ? 'dark' : 'light'
  const known = ['en', 'tr', 'es', 'ar']
  const chosen = localStorage.getItem('language')
  const language = known.includes(chosen)
    ? chosen
    : known.find((l) => navigator.language.toLowerCase().startsWith(l)) || 'en'
  root.lang = language
  root.dir = language === 'ar' ? 'rtl' : 'ltr'
  const device = /** @type {{ deviceMemory?: number, connection?: { saveData?: boolean } }} */ (navigator)
  if ((device.deviceMemory && device.deviceMemory <= 2) || device.connection?.saveData) root.dataset.glass = 'solid'
})()
