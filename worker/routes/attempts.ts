import { router } from './endpoint'

export const attempts = router()
