import * as z from 'zod'

/** PHONE-5: by which of this machine's devices one speaks, hears and is rung; null: the system's own choice. */
const soundChoice = z.object({
  microphone: z.string().nullable().catch(null),
  speaker: z.string().nullable().catch(null),
  ringer: z.string().nullable().catch(null),
  echoCancellation: z.boolean().catch(true),
  noiseSuppression: z.boolean().catch(true),
  autoGainControl: z.boolean().catch(true),
})
export type SoundChoice = z.infer<typeof soundChoice>
export const SYSTEM_SOUND: SoundChoice = soundChoice.parse({})

/** What was kept, whatever is wrong with it left out. */
export function parseSoundChoice(text: string | null): SoundChoice {
  try {
    return soundChoice.parse(JSON.parse(text ?? '{}'))
  } catch {
    return SYSTEM_SOUND
  }
}

/** For getUserMedia. A device that is not there any more is no reason to be silent: *ideal*, never *exact*. */
export function constraintsOf({ microphone, ...processing }: SoundChoice): MediaTrackConstraints {
  const { echoCancellation, noiseSuppression, autoGainControl } = processing
  return {
    ...(microphone === null ? {} : { deviceId: { ideal: microphone } }),
    echoCancellation,
    noiseSuppression,
    autoGainControl,
  }
}
