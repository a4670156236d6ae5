import type { PhoneMessage } from './phone'

type MessageRequest = { callId: string; body: string; from: { displayName: string; uri: { user: string | undefined } } }

/** RFC 3428. Who says it stands in From as the edge wrote it; its Call-ID tells one message from the next. */
export const readMessage = ({ callId, body, from }: MessageRequest, at: number): PhoneMessage => ({
  id: callId,
  from: from.displayName || from.uri.user || '',
  text: body.trim(),
  at,
})
