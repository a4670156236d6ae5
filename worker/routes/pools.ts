import { router } from './endpoint'

export const pools = router()
