import type * as z from 'zod'
import { page } from '#shared/protocol/common'
import { handedOver, openWork, type handOver as handingOver } from '#shared/protocol/open-work'
import { team, teamList, type newTeam, type teamPatch } from '#shared/protocol/teams'
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

export const listTeams = () => api.get('/api/teams', { schema: teamList })
export const addTeam = (body: z.input<typeof newTeam>, idempotencyKey: string) =>
  api.post('/api/teams', { body, idempotencyKey, schema: team })
export const changeTeam = (id: string, body: z.input<typeof teamPatch>) =>
  api.patch(`/api/teams/${encodeURIComponent(id)}`, { body, schema: team })
export const dissolveTeam = (id: string) => api.delete(`/api/teams/${encodeURIComponent(id)}`)

export const readOpenWork = (id: string) =>
  api.get(`/api/users/${encodeURIComponent(id)}/open-work`, { schema: openWork })
export const handOver = (id: string, body: z.input<typeof handingOver>) =>
  api.post(`/api/users/${encodeURIComponent(id)}/hand-over`, { body, schema: handedOver })
