/**
 * AUTH-3: whether a request that a browser sends with the cookie comes from our own pages. Every browser names the Origin
 * on a request that may change something and on a WebSocket; what names neither Origin nor Sec-Fetch-Site is a program,
 * which no foreign page can steer. A socket must name it (`required`).
 */
export function isOwnOrigin(headers: Headers, origin: string, required = false): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const named = headers.get('origin')
  return named === null ? !required : named === origin
}
