import { router } from './endpoint'

export const imports = router()
