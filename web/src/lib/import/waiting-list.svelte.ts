/** A list that the system opened with this app (IMP-1), until somebody has said which pool it is for. */
type LaunchQueue = { setConsumer: (consumer: (launch: { files?: readonly FileSystemFileHandle[] }) => void) => void }

class WaitingList {
  file = $state.raw<File | null>(null)

  /** The browser keeps the launch until somebody listens. */
  listen(): void {
    const queue = (window as { launchQueue?: LaunchQueue }).launchQueue
    queue?.setConsumer(({ files = [] }) => {
      const [handle] = files
      if (handle) void handle.getFile().then((file) => (this.file = file))
    })
  }

  /** Once. */
  take(): File | null {
    const { file } = this
    this.file = null
    return file
  }
}

export const waitingList = new WaitingList()
