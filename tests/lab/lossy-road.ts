import dgram from 'node:dgram'
import type { Page } from '@playwright/test'

/**
 * A road between two browsers on which packets are lost. Each way to the other that a browser is told of becomes a door of ours, so
 * that all of a call passes here; of its sound (RTP, RFC 7983: not what sets the call up) a share is lost, evenly, so that a short
 * call loses what it should, and each way by itself: counted together, two sides that speak in turn would lose all on one.
 *
 *   one ──▶ door of the other ──▶ socket for one ──▶ other        and back the same way
 */
export class LossyRoad {
  /** 0…1 of the sound packets, each way. */
  loss = 0
  private readonly sockets: dgram.Socket[] = []
  private readonly doors = new Map<string, Promise<number>>()

  /** What this page is told from now on leads to doors. */
  async lay(page: Page): Promise<void> {
    const name = `doorTo${++roads}`
    await page.exposeFunction(name, (address: string, port: number) => this.doorTo(address, port))
    await page.evaluate((name) => {
      type Door = (address: string, port: number) => Promise<number>
      const doorTo = (globalThis as unknown as Record<string, Door>)[name]!
      const real = RTCPeerConnection.prototype.setRemoteDescription
      RTCPeerConnection.prototype.setRemoteDescription = async function (told: RTCSessionDescriptionInit) {
        const lines = await Promise.all(
          (told.sdp ?? '').split('\r\n').map(async (line) => {
            const found = /^(a=candidate:\S+ 1 udp \d+) (\S+) (\d+) (typ host.*)$/i.exec(line)
            if (!found) return line.startsWith('a=candidate:') ? null : line
            return `${found[1]} 127.0.0.1 ${await doorTo(found[2]!, Number(found[3]))} ${found[4]}`
          }),
        )
        return real.call(this, { type: told.type, sdp: lines.filter((line) => line !== null).join('\r\n') })
      } as typeof real
    }, name)
  }

  close(): void {
    for (const socket of this.sockets) socket.close()
  }

  private doorTo(address: string, port: number): Promise<number> {
    const key = `${address} ${port}`
    const door = this.doors.get(key) ?? this.open(address, port)
    this.doors.set(key, door)
    return door
  }

  private async open(address: string, port: number): Promise<number> {
    const door = await this.socket()
    const guests = new Map<string, Promise<dgram.Socket>>()
    const lostThere = this.losses()
    const lostBack = this.losses()
    door.on('message', (packet, from) => {
      const guest = `${from.address} ${from.port}`
      let beyond = guests.get(guest)
      if (!beyond) {
        beyond = this.socket().then((socket) =>
          socket.on('message', (answer) => {
            if (!lostBack(answer)) door.send(answer, from.port, from.address)
          }),
        )
        guests.set(guest, beyond)
      }
      if (!lostThere(packet)) void beyond.then((socket) => socket.send(packet, port, address))
    })
    return door.address().port
  }

  /** Of one way: whether this packet is lost. */
  private losses(): (packet: Buffer) => boolean {
    let owed = 0
    return (packet) => {
      const isRtp = packet.length > 12 && packet[0]! >= 128 && packet[0]! <= 191 && !isRtcp(packet[1]!)
      if (!isRtp) return false
      owed += this.loss
      if (owed < 1) return false
      owed -= 1
      return true
    }
  }

  private socket(): Promise<dgram.Socket> {
    const socket = dgram.createSocket('udp4')
    this.sockets.push(socket)
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, () => {
        socket.off('error', reject)
        socket.on('error', () => {}) // a browser that is gone
        resolve(socket)
      })
    })
  }
}

let roads = 0
/** RFC 5761 §4. */
const isRtcp = (second: number): boolean => second >= 192 && second <= 223
