import { jwtVerify, SignJWT } from 'jose'
import type { Env } from '../env'

/** SIP-2: how a program opens /sip (or /api/live) without a cookie. It may be logged on its way: good for one socket and 30 s. */
export const TICKET_S = 30
/** A ticket for one kind of socket opens no other. */
export type TicketUse = 'sip-ticket' | 'live-ticket'

export type SipTicket = { id: string; userId: string; sessionId: string; expiresAt: number }

export async function signTicket(
  env: Pick<Env, 'SESSION_KEY'>,
  ticket: SipTicket,
  use: TicketUse = 'sip-ticket',
): Promise<string> {
  return new SignJWT({ sid: ticket.sessionId, use })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(ticket.userId)
    .setJti(ticket.id)
    .setExpirationTime(Math.ceil(ticket.expiresAt / 1000))
    .sign(keyOf(env))
}

/** Null: forged or expired. Whether it was used is the AgentRoom's to know. */
export async function readTicket(
  env: Pick<Env, 'SESSION_KEY'>,
  text: string,
  wanted: TicketUse = 'sip-ticket',
): Promise<SipTicket | null> {
  try {
    const { payload } = await jwtVerify(text, keyOf(env), {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'sid', 'jti', 'use'],
    })
    const { sub, sid, jti, use, exp } = payload
    if (use !== wanted || !sub || typeof sid !== 'string' || !jti || !exp) return null
    return { id: jti, userId: sub, sessionId: sid, expiresAt: exp * 1000 }
  } catch {
    return null
  }
}

const keyOf = ({ SESSION_KEY }: Pick<Env, 'SESSION_KEY'>) => new TextEncoder().encode(SESSION_KEY)
