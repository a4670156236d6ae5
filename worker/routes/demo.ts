import { router } from './endpoint'

export const demo = router()
