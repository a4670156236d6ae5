import type * as z from 'zod'
import { page } from '#shared/protocol/common'
import { commandResults, type CallbackCommand } from '#shared/protocol/commands'
import { mergeFields, promisedCall, type talkChange } from '#shared/protocol/pool-talk'
import { poolChanged, usedDispositions, type dispositionsChange } from '#shared/protocol/pools'
import { api } from '$lib/api/client'

/** The requests of what a pool says: dispositions, script and form, promised calls. */
const of = (poolId: string) => `/api/pools/${encodeURIComponent(poolId)}`
const promises = page(promisedCall)

export const readUsed = (poolId: string) => api.get(`${of(poolId)}/dispositions/used`, { schema: usedDispositions })
export const saveDispositions = (poolId: string, body: z.input<typeof dispositionsChange>) =>
  api.put(`${of(poolId)}/dispositions`, { body, schema: poolChanged })
export const saveTalk = (poolId: string, body: z.input<typeof talkChange>) =>
  api.put(`${of(poolId)}/talk`, { body, schema: poolChanged })
export const readMergeFields = (poolId: string) => api.get(`${of(poolId)}/merge-fields`, { schema: mergeFields })
export const listPromises = (poolId: string, cursor: string | null = null) =>
  api.get(`${of(poolId)}/callbacks?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, {
    schema: promises,
  })
/** A supervisor's word about a promise goes the way of every command. */
export const changePromise = (command: CallbackCommand) =>
  api.post('/api/commands', { body: { commands: [command] }, schema: commandResults })
