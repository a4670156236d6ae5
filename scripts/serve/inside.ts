/** The API from inside, as a program uses it: past the door, with its secret. */
export class Inside {
  private bearer: string | null = null
  constructor(
    private readonly url: URL,
    private readonly proxySecret: string,
  ) {}

  async signIn(username: string, password: string): Promise<this> {
    const { accessToken } = await this.ask<{ accessToken: string }>('POST', '/api/tokens', { username, password })
    this.bearer = accessToken
    return this
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(new URL(path, this.url), {
      method,
      headers: {
        'x-switchroom-proxy': this.proxySecret,
        'x-switchroom-address': '127.0.0.1',
        ...(this.bearer ? { authorization: `Bearer ${this.bearer}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return (text ? JSON.parse(text) : null) as T
  }
}
