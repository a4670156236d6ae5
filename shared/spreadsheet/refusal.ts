/** IMP-6: why a file as a whole is not taken; each one sentence (shared/protocol/problem.ts), and nothing has changed. */
export type FileRefusal = 'file-unreadable' | 'file-encrypted' | 'file-empty' | 'file-too-large' | 'no-phone-column'

/** Bounds of one way in: the browser's (100 MB, 500,000 rows) and the edge's (10 MB, 20,000 rows) differ. */
export type FileLimits = {
  bytes: number
  /** Of a zip (xlsx, ods), all members together. */
  unzippedBytes: number
  rows: number
}
