import type { Cells } from './list-file'

export type CellsRequest = { file: File; country: string } | 'next'
export type CellsReply = Cells | { refused: string }
export const isRefused = (reply: CellsReply): reply is { refused: string } => 'refused' in reply
