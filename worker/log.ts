/** OPS-1: one JSON line an event, with no personal data: ids, codes and durations only. */
type Fields = Record<string, unknown>
const LEVELS = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof LEVELS)[number]

let threshold: number = LEVELS.indexOf('info')

/** Set once a request by the app from LOG_LEVEL. */
export function setLogLevel(level: string): void {
  const index = LEVELS.indexOf(level as Level)
  if (index >= 0) threshold = index
}

function write(level: Level, message: string, fields: Fields): void {
  if (LEVELS.indexOf(level) < threshold) return
  const line = JSON.stringify({ at: new Date().toISOString(), level, message, ...flatten(fields) })
  if (level === 'error' || level === 'warn') console.error(line)
  else console.log(line)
}

function flatten(fields: Fields): Fields {
  if (!(fields.fault instanceof Error)) return fields
  const { fault, ...rest } = fields
  return { ...rest, fault: (fault as Error).message, stack: (fault as Error).stack?.split('\n').slice(1, 4).join(' ') }
}

export const log = {
  /** Whether such a line would be written: where making it costs something. */
  tells: (level: Level) => LEVELS.indexOf(level) >= threshold,
  debug: (message: string, fields: Fields = {}) => write('debug', message, fields),
  info: (message: string, fields: Fields = {}) => write('info', message, fields),
  warn: (message: string, fields: Fields = {}) => write('warn', message, fields),
  error: (message: string, fields: Fields = {}) => write('error', message, fields),
}
