import { router } from './endpoint'

export const tokens = router()
