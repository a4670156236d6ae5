import { router } from './endpoint'

export const docs = router()
