import * as z from 'zod'
import { id } from '#shared/protocol/common'
import {
  monitorChange,
  monitorOrder,
  monitorOrdered,
  monitorSettings,
  monitorStopped,
  takeOverOrder,
} from '#shared/protocol/monitor'
import { transferStarted } from '#shared/protocol/sip'
import { audited } from '../auth/audit'
import { readMonitorSettings, writeMonitorSettings } from '../db/monitor-settings'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { agentRoom, callRoom } from '../rooms/doors'
import { isRefusal, type Asked } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** SIP-10: a supervisor at an agent's call. Every beginning, change and end is written down by the call's room. */
export const callMonitor = router()
const params = z.object({ callId: id })
const tags = ['calls']

async function live(env: Env, callId: string) {
  const room = callRoom(env, callId)
  const picture = await room.picture(callId)
  if (!picture || picture.endedAt !== null) throw new RefusalError('unknown-call')
  return { room, picture }
}

function granted<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new RefusalError(reply.refused)
  return reply
}

/** What follows is the telephone's: it dials `target`. Refuses unknown-call, call-not-talking, own-call, monitored-already, monitor-not-possible. */
endpoint(
  callMonitor,
  'call.monitor',
  {
    method: 'post',
    path: '/calls/{callId}/monitor',
    tags,
    summary: 'Listen to a live call, whisper to the agent, or join',
    request: { params, ...body(monitorOrder) },
    responses: { 201: json(monitorOrdered, 'What your telephone dials within 30 s') },
  },
  async (c) => {
    const { userId, name } = c.get('actor')
    const { room, picture } = await live(c.env, c.req.valid('param').callId)
    const { mode, agentId = picture.agentId } = c.req.valid('json')
    const { isShown } = await readMonitorSettings(c.env.DB)
    return c.json(granted(await room.orderMonitor({ by: { userId, name }, agentId, mode, isShown })), 201)
  },
)

/** The agent's page goes by it at once. Refuses unknown-call, unknown-monitor. */
endpoint(
  callMonitor,
  'call.monitor',
  {
    method: 'put',
    path: '/calls/{callId}/monitor',
    tags,
    summary: 'Change who hears you at a call you listen to',
    request: { params, ...body(monitorChange) },
    responses: { 200: json(monitorChange, 'As it is now') },
  },
  async (c) => {
    const { room } = await live(c.env, c.req.valid('param').callId)
    const { userId } = c.get('actor')
    return c.json(granted(await room.changeMonitor({ userId, ...c.req.valid('json') })), 200)
  },
)

endpoint(
  callMonitor,
  'call.monitor',
  {
    method: 'delete',
    path: '/calls/{callId}/monitor',
    tags,
    summary: 'Leave a call you listen to',
    request: { params },
    responses: { 200: json(monitorStopped, 'False: you were not at it') },
  },
  async (c) => {
    const { room } = await live(c.env, c.req.valid('param').callId)
    return c.json(await room.stopMonitor(c.get('actor').userId), 200)
  },
)

/** Refuses unknown-call, call-not-talking, own-call, transfer-under-way, phone-not-registered. */
endpoint(
  callMonitor,
  'call.monitor',
  {
    method: 'post',
    path: '/calls/{callId}/take-over',
    tags,
    summary: 'Take a live call over from its agent',
    request: { params, ...body(takeOverOrder) },
    responses: { 202: json(transferStarted, 'Your telephone rings; the agent talks on until you have answered') },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const { room, picture } = await live(c.env, c.req.valid('param').callId)
    const mine = agentRoom(c.env, userId)
    const [by, devices] = await Promise.all([mine.callerContext(), mine.bindings()])
    if (devices.length === 0) throw new RefusalError('phone-not-registered')
    const { agentId: from = picture.agentId } = c.req.valid('json')
    return c.json(granted(await room.takeOver({ from, by })), 202)
  },
)

endpoint(
  callMonitor,
  'monitor.change',
  {
    method: 'get',
    path: '/monitor-settings',
    tags,
    summary: 'Whether agents see who is at their call',
    responses: { 200: json(monitorSettings, 'As it is now') },
  },
  async (c) => c.json(await readMonitorSettings(c.env.DB), 200),
)

/** Counts for what is ordered from then on. Refuses conflict when it has changed since `version`. */
endpoint(
  callMonitor,
  'monitor.change',
  {
    method: 'put',
    path: '/monitor-settings',
    tags,
    summary: 'Set whether agents see who is at their call',
    request: body(monitorSettings),
    responses: { 200: json(monitorSettings, 'As it is now') },
  },
  async (c) => {
    const written = await writeMonitorSettings(c.env.DB, c.req.valid('json'), Date.now())
    if (!written) throw new RefusalError('conflict')
    await audited(c, 'monitor.change', 'monitor', { isShown: written.isShown })
    return c.json(written, 200)
  },
)
