import * as z from 'zod'
import { CODECS, type Codec } from '../domain/quality/e-model'
import { id } from './common'

/** PHONE-7: what one leg of a call received, as its phone measured it, each second by the E-model. */
export const legQuality = z.object({
  mos: z.number().min(1).max(4.5),
  worstMos: z.number().min(1).max(4.5),
  loss: z.number().min(0).max(1),
  delayMs: z.int().min(0).max(60_000),
  jitterMs: z.int().min(0).max(60_000).nullable(),
  seconds: z.int().min(1).max(86_400),
  codec: z.enum(Object.keys(CODECS) as [Codec, ...Codec[]]),
})
/** By whose phone it was measured. */
export const legView = legQuality.extend({ userId: id })
export type LegView = z.infer<typeof legView>
