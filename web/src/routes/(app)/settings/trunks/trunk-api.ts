import type * as z from 'zod'
import {
  callerIdSetup,
  trunk,
  trunkList,
  type CallerIdRules,
  type newTrunk,
  type trunkPatch,
} from '#shared/protocol/trunks'
import { api } from '$lib/api/client'

const at = (id: string) => `/api/trunks/${encodeURIComponent(id)}`
export const listTrunks = () => api.get('/api/trunks', { schema: trunkList })
export const addTrunk = (body: z.input<typeof newTrunk>, idempotencyKey: string) =>
  api.post('/api/trunks', { body, idempotencyKey, schema: trunk })
export const changeTrunk = (id: string, body: z.input<typeof trunkPatch>) => api.patch(at(id), { body, schema: trunk })
export const readCallerIds = () => api.get('/api/caller-ids', { schema: callerIdSetup })
export const setCallerIds = (body: CallerIdRules) => api.put('/api/caller-ids', { body, schema: callerIdSetup })
export const removeTrunk = (id: string) => api.delete(at(id))
