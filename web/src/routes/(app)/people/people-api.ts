import type * as z from 'zod'
import { page } from '#shared/protocol/common'
import { handedOver, openWork, type handOver as handingOver } from '#shared/protocol/open-work'
import { passwordReset, user, userCreated, type newUser, type userPatch } from '#shared/protocol/users'
import { api } from '$lib/api/client'

const userPage = page(user)
export const listPeople = () => api.get('/api/users', { schema: userPage })
export const addPerson = (body: z.input<typeof newUser>, idempotencyKey: string) =>
  api.post('/api/users', { body, idempotencyKey, schema: userCreated })
export const changePerson = (id: string, body: z.input<typeof userPatch>) =>
  api.patch(`/api/users/${encodeURIComponent(id)}`, { body, schema: user })
export const resetPassword = (id: string) =>
  api.post(`/api/users/${encodeURIComponent(id)}/password`, { schema: passwordReset })

export const readOpenWork = (id: string) =>
  api.get(`/api/users/${encodeURIComponent(id)}/open-work`, { schema: openWork })
export const handOver = (id: string, body: z.input<typeof handingOver>) =>
  api.post(`/api/users/${encodeURIComponent(id)}/hand-over`, { body, schema: handedOver })
