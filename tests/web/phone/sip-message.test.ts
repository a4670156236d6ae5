import { expect, it } from 'vitest'
import { readMessage } from '../../../web/src/lib/phone/sip-message'

it('[SIP-5] a message has the name of who sent it, else what they are called by', () => {
  const from = { displayName: 'Alice', uri: { user: '101' } }
  expect(readMessage({ callId: 'm1', body: ' Kahve?\r\n', from }, 5)).toEqual({
    id: 'm1',
    from: 'Alice',
    text: 'Kahve?',
    at: 5,
  })
  expect(readMessage({ callId: 'm1', body: 'x', from: { ...from, displayName: '' } }, 5).from).toBe('101')
})
