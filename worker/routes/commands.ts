import { router } from './endpoint'

export const commands = router()
