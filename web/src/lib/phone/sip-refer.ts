import type { Session, URI } from 'sip.js'

/** How a transfer goes (RFC 3515): ringing, done, or refused with what status. */
export type ReferNews = { rang(): void; done(): void; refused(status: number): void }

/**
 * PHONE-4. Resolves when the edge has taken it (202), with false when it has not; the rest comes by NOTIFY. `to` a session: the one it
 * talks to, in the place of that session (Replaces).
 */
export function sendRefer(session: Session, to: URI | Session, news: ReferNews): Promise<boolean> {
  return new Promise((taken) => {
    const sent = session.refer(to, {
      onNotify: (notification) => {
        void notification.accept()
        const status = Number(/^SIP\/2\.0 (\d{3})/.exec(notification.request.body)?.[1] ?? 0)
        if (status === 180) news.rang()
        else if (status >= 200 && status < 300) news.done()
        else if (status >= 300) news.refused(status)
      },
      requestDelegate: { onAccept: () => taken(true), onReject: () => taken(false) },
    })
    sent.catch(() => taken(false))
  })
}
