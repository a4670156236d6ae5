import { router } from './endpoint'

export const calls = router()
