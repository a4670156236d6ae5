import { router } from './endpoint'

export const setup = router()
