import { router } from './endpoint'

export const session = router()
