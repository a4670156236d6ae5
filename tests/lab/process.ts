import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'

/** A part of the lab: a process whose words go to a file of the run's folder, ready when its port answers. */
export class LabProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
    private readonly logFile: string,
  ) {}

  static async start(
    folder: string,
    name: string,
    command: string,
    args: string[],
    readyPort: number,
  ): Promise<LabProcess> {
    const logFile = path.join(folder, `${name}.log`)
    const log = openSync(logFile, 'a')
    const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    const missing = new Promise<never>((_, reject) => {
      child.once('error', () =>
        reject(new Error(`${command} is not installed: run "node scripts/setup-machine.mjs" as root on Debian`)),
      )
    })
    missing.catch(() => {})
    const started = new LabProcess(child, name, logFile)
    await Promise.race([missing, started.answers(readyPort)])
    return started
  }

  private get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  private async answers(port: number): Promise<void> {
    for (const end = Date.now() + 10_000; Date.now() < end && !this.isOver;) {
      if (await connects(port)) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    await this.stop()
    throw new Error(`${this.name} did not start:\n${this.words()}`)
  }

  /** The end of what it said. */
  words(): string {
    return readFileSync(this.logFile, 'utf8').split('\n').slice(-25).join('\n')
  }

  /** The process and its children; those that do not go when asked are ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.isOver || this.child.pid === undefined) return
    const over = new Promise<void>((resolve) => this.child.once('exit', () => resolve()))
    this.signal(signal)
    const patience = setTimeout(() => this.signal('SIGKILL'), 1_000)
    await over
    clearTimeout(patience)
    // its children are of its group
    this.signal('SIGKILL')
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, signal)
    } catch {
      // gone
    }
  }
}

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
