import type * as z from 'zod'
import { diallingView, dialVerdict, type dialTrial } from '#shared/protocol/dialling'
import type { DiallingRules } from '#shared/domain/dialling/rules'
import { api } from '$lib/api/client'

export const readRules = () => api.get('/api/dialling-rules', { schema: diallingView })
export const keepRules = (rules: DiallingRules) => api.put('/api/dialling-rules', { body: rules, schema: diallingView })
export const tryNumber = (trial: z.input<typeof dialTrial>) =>
  api.post('/api/dialling-rules/trials', { body: trial, schema: dialVerdict })
