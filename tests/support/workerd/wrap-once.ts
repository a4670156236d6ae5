/**
 * The test pool wraps the prototype of a room's class in a Proxy at every construction, each around the one before: what a
 * room reads of itself goes through as many traps as there were rooms, until the stack is full (cloudflare/workers-sdk
 * #15092, mended in #15106, which 0.15.1 is older than). Here a wrapped prototype is not wrapped again.
 */
const Native = Proxy
const wrapped = new WeakSet()

globalThis.Proxy = new Native(Native, {
  construct(target, [of, handler]: [object, ProxyHandler<object>]) {
    if (wrapped.has(of)) return of
    const proxy: object = new target(of, handler)
    const { constructor } = of
    if (constructor.name === 'Class' && constructor.prototype === of) wrapped.add(proxy)
    return proxy
  },
})
