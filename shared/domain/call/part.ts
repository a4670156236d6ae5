/** A transfer brings a stretch of a call that is somebody else's: it has a name of its own, `<call>.<n>`. */
export const partId = (callId: string, n: number): string => `${callId}.${n}`

/** The call that a name of a call or of a part belongs to. */
export const callOf = (id: string): string => /^(.+)\.\d{1,4}$/.exec(id)?.[1] ?? id
export const partNumberOf = (id: string): number | null => Number(/\.(\d{1,4})$/.exec(id)?.[1] ?? 0) || null
