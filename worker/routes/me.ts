import { router } from './endpoint'

export const me = router()
