import { router } from './endpoint'

export const users = router()
