import type * as z from 'zod'
import { me, setUpStatus, type passwordChange, type setUp } from '#shared/protocol/session'
import { api } from '$lib/api/client'

/** The requests of a person's own account that are no session's state (AUTH-2, AUTH-4). */
export const setUpState = () => api.get('/api/setup/status', { schema: setUpStatus, quiet: true })
export const changePassword = (body: z.input<typeof passwordChange>) => api.put('/api/session/password', { body })
export const makeFirstAdministrator = (body: z.input<typeof setUp>) =>
  api.post('/api/setup', { body, schema: me, quiet: true })
