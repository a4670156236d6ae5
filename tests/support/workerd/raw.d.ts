/** A file's text, where a test in workerd cannot read it from disk. */
declare module '*?raw' {
  const text: string
  export default text
}
