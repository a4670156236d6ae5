import { router } from './endpoint'

export const sip = router()
