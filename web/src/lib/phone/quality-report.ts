import type { LegQuality } from '#shared/domain/quality/summary'
import { api } from '$lib/api/client'

const TRIES_MS = [0, 3_000, 15_000]

/** PHONE-7: tells the edge how this leg sounded. The call's room knows who took part for a minute after the end; then it is given up. */
export async function reportQuality(callId: string, quality: LegQuality): Promise<void> {
  for (const wait of TRIES_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    const reply = await api.put(`/api/calls/${callId}/quality`, { body: quality, quiet: true })
    if (reply.ok || reply.problem.code !== 'offline') return
  }
}
