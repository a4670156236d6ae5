/** Rooms that keep the hold of numbers. Changing it means moving their rows. */
export const SHARDS = 64

const mixed = (hash: number, char: number): number => Math.imul(hash ^ char, 0x01000193) >>> 0

/**
 * Which of the shards keeps this number: FNV-1a over key and number, finished as MurmurHash3 does so that every digit
 * counts in the low bits. Keyed, so that nobody outside can crowd one shard.
 */
export function shardOf(number: string, key: string): number {
  let hash = 0x811c9dc5
  for (let n = 0; n < key.length; n += 1) hash = mixed(hash, key.charCodeAt(n))
  for (let n = 0; n < number.length; n += 1) hash = mixed(hash, number.charCodeAt(n))
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % SHARDS
}
