import { router } from './endpoint'

export const floor = router()
