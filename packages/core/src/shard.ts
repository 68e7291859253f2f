/**
 * Which of the nodes a key belongs to, by rendezvous hashing (Thaler and Ravishankar, 1996): the node with the highest score wins,
 * so a node that comes or goes moves only the keys that are or were its own. Answers undefined when there is no node.
 */
export function rendezvous(key: string, nodes: readonly string[]): string | undefined {
  let best: string | undefined
  let highest = -1
  for (const node of nodes) {
    const score = hash(`${node}\u0000${key}`)
    if (score > highest || (score === highest && best !== undefined && node < best)) {
      best = node
      highest = score
    }
  }
  return best
}

/** FNV-1a over UTF-16 units, then murmur3's finaliser, since FNV alone leaves the high bits alike for keys that differ at the end. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let index = 0; index < text.length; index++) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
