import net from 'node:net'

type Row = (string | null)[]
type Asked = { resolve: (rows: Row[]) => void; reject: (fault: Error) => void }

/**
 * One connection to PostgreSQL over its Unix socket, as little as a bench needs: trust authentication and the simple query
 * protocol (PostgreSQL 15 documentation, 55.2 Message Flow and 55.7 Message Formats). Questions are answered in order.
 */
export class PostgresWire {
  private buffer: Buffer = Buffer.alloc(0)
  private readonly asked: Asked[] = []
  private rows: Row[] = []
  private fault: Error | null = null

  private constructor(private readonly socket: net.Socket) {
    socket.on('data', (part) => this.read(part))
    socket.on('error', (fault) => (this.fault = fault))
    // while it starts PostgreSQL says so and hangs up: whoever waits must hear of it
    socket.on('close', () => {
      for (const { reject } of this.asked.splice(0)) reject(this.fault ?? new Error('PostgreSQL hung up'))
    })
  }

  static async open(socketPath: string, user: string): Promise<PostgresWire> {
    const socket = net.connect(socketPath)
    const wire = new PostgresWire(socket)
    const ready = wire.answer()
    const text = Buffer.from(`user\0${user}\0database\0postgres\0\0`)
    const head = Buffer.alloc(8)
    head.writeInt32BE(text.length + 8, 0)
    head.writeInt32BE(196_608, 4) // protocol 3.0
    socket.write(Buffer.concat([head, text]))
    await ready
    return wire
  }

  query(sql: string): Promise<Row[]> {
    const text = Buffer.from(`${sql}\0`)
    const head = Buffer.alloc(5)
    head.write('Q', 0)
    head.writeInt32BE(text.length + 4, 1)
    const answer = this.answer()
    this.socket.write(Buffer.concat([head, text]))
    return answer
  }

  close(): void {
    this.socket.destroy()
  }

  private answer(): Promise<Row[]> {
    return new Promise((resolve, reject) => this.asked.push({ resolve, reject }))
  }

  private read(part: Buffer): void {
    this.buffer = this.buffer.length > 0 ? Buffer.concat([this.buffer, part]) : part
    while (this.buffer.length >= 5) {
      const length = this.buffer.readInt32BE(1) + 1
      if (this.buffer.length < length) return
      this.message(String.fromCharCode(this.buffer[0]!), this.buffer.subarray(5, length))
      this.buffer = this.buffer.subarray(length)
    }
  }

  private message(type: string, body: Buffer): void {
    if (type === 'D') this.rows.push(dataRow(body))
    if (type === 'E') this.fault = new Error(body.toString('utf8').replaceAll('\0', ' '))
    if (type !== 'Z') return
    const [{ resolve, reject }, rows, fault] = [this.asked.shift()!, this.rows, this.fault]
    this.rows = []
    this.fault = null
    if (fault) reject(fault)
    else resolve(rows)
  }
}

function dataRow(body: Buffer): Row {
  const row: Row = []
  let at = 2
  for (let column = body.readInt16BE(0); column > 0; column -= 1) {
    const length = body.readInt32BE(at)
    at += 4
    row.push(length === -1 ? null : body.toString('utf8', at, at + length))
    at += Math.max(length, 0)
  }
  return row
}
