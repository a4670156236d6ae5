import { router } from './endpoint'

export const customers = router()
