import * as z from 'zod'
import { owed } from '#shared/protocol/live'
import { poolView } from '#shared/protocol/pools'
import { leaseView, pullReply } from '#shared/protocol/pulls'
import { api } from '$lib/api/client'

const current = z.object({ lease: leaseView.nullable(), owed: z.array(owed) })

/** What the desk asks of the edge, each answer parsed. */
export const askCurrent = () => api.get('/api/me/current', { schema: current })
export const askPull = (id: string) => api.post('/api/pulls', { body: { id }, schema: pullReply })
export const askPool = (id: string) => api.get(`/api/pools/${encodeURIComponent(id)}`, { schema: poolView })
