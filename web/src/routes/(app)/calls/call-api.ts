import { callPage } from '#shared/protocol/calls'
import { api } from '$lib/api/client'
import { bookQuery } from '$lib/books/filters'

export const listCalls = (...wanted: Parameters<typeof bookQuery>) =>
  api.get(`/api/calls?${bookQuery(...wanted)}`, { schema: callPage })
