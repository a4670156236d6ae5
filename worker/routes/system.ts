import { router } from './endpoint'

export const system = router()
