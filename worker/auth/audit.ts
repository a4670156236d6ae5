import type { Context } from 'hono'
import { uuidv7 } from 'uuidv7'
import { writeAudit } from '../db/users'
import type { AppContext } from '../routes/endpoint'

/** DATA-2, begun: one row for a change somebody made. `detail` names fields and states, never passwords, notes or numbers. */
export async function audited(
  c: Context<AppContext>,
  action: string,
  subject: string,
  detail?: Record<string, unknown>,
): Promise<void> {
  await writeAudit(
    c.env.DB,
    { actorId: c.get('actor')?.userId ?? 'set-up', action, subject, detail },
    uuidv7(),
    Date.now(),
  )
}
