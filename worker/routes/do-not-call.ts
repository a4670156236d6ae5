import { router } from './endpoint'

export const doNotCall = router()
