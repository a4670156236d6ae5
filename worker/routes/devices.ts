import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { id } from '#shared/protocol/common'
import { deviceList, madeDevice, newDevice } from '#shared/protocol/devices'
import { audited } from '../auth/audit'
import { generatePassword } from '../auth/password'
import { deleteDevice, devicesOf, insertDevice } from '../db/devices'
import { userById } from '../db/users'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { deviceSecret } from '../sip/device-auth'
import { body, endpoint, json, router } from './endpoint'

export const devices = router()
const tags = ['phone']

endpoint(
  devices,
  'me.change',
  {
    method: 'get',
    path: '/me/devices',
    tags,
    summary: 'My foreign telephones',
    responses: { 200: json(deviceList, 'As they were made; never their passwords') },
  },
  async (c) => c.json({ items: await devicesOf(c.env.DB, c.get('actor').userId) }, 200),
)

/** Refuses too-many-requests with ten devices. */
endpoint(
  devices,
  'me.change',
  {
    method: 'post',
    path: '/me/devices',
    tags,
    summary: 'Make a password for a foreign telephone',
    request: body(newDevice),
    responses: { 201: json(madeDevice, 'The password, this once') },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const user = await userById(c.env.DB, userId)
    if (!user) throw new RefusalError('session-revoked')
    const made = { id: randomBytes(16).toString('hex'), name: c.req.valid('json').name, createdAt: Date.now() }
    const sipPassword = generatePassword()
    const { username } = user
    const row = { ...made, userId, username, secret: deviceSecret(username, sipPassword) }
    if (!(await insertDevice(c.env.DB, row))) throw new RefusalError('too-many-requests')
    await audited(c, 'device.make', made.id)
    return c.json({ ...made, sipUsername: username, sipPassword, path: `/sip?device=${made.id}` }, 201)
  },
)

/** Its sockets are closed when this answers. Refuses not-found. */
endpoint(
  devices,
  'me.change',
  {
    method: 'delete',
    path: '/me/devices/{deviceId}',
    tags,
    summary: 'Revoke a foreign telephone',
    request: { params: z.object({ deviceId: id }) },
    responses: { 204: { description: 'Its password opens nothing any more' } },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const { deviceId } = c.req.valid('param')
    if (!(await deleteDevice(c.env.DB, userId, deviceId))) throw new RefusalError('not-found')
    await agentRoom(c.env, userId).dropDevice(deviceId)
    await audited(c, 'device.revoke', deviceId)
    return c.body(null, 204)
  },
)
