/** Inside the other network: what comes to a local port goes to the far end of the cable. */
import net from 'node:net'

const [port, host, far] = process.argv.slice(2)
net
  .createServer((near) => {
    const there = net.connect(Number(far), host)
    near.pipe(there).pipe(near)
    for (const [one, other] of [
      [near, there],
      [there, near],
    ])
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  .listen(Number(port), '127.0.0.1', () => process.stdout.write('forwarding\n'))
