import { router } from './endpoint'

export const live = router()
