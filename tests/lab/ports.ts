import dgram from 'node:dgram'
import net from 'node:net'

/** The lab's ports stand in one row, so that several labs fit beside each other; LAB_PORT_BASE chooses where it begins. */
export const PORTS_OF_A_LAB = 60

export async function portBase(): Promise<number> {
  const chosen = Number(process.env.LAB_PORT_BASE)
  if (chosen > 0) return chosen
  // below the ports that systems give away by themselves
  for (let tries = 0; tries < 50; tries++) {
    const base = 20_000 + 2 * Math.floor(Math.random() * 6_000)
    if (await isFree(base)) return base
  }
  throw new Error('no row of free ports was found: set LAB_PORT_BASE')
}

async function isFree(base: number): Promise<boolean> {
  for (let port = base; port < base + PORTS_OF_A_LAB; port++) {
    if (!(await bindsTcp(port)) || !(await bindsUdp(port))) return false
  }
  return true
}

const bindsTcp = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const bindsUdp = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = dgram.createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
