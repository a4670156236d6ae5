import { router } from './endpoint'

export const pulls = router()
