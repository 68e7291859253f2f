/** Erlang B: the share of time in which all `servers` are busy when who finds no free one goes away. `load` is arrival rate over service rate. */
export function erlangB(load: number, servers: number): number {
  let blocked = 1
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked)
  return blocked
}

/** Erlang C: the probability to wait when nobody goes away; 1 without spare capacity. */
export function erlangC(load: number, servers: number): number {
  if (load >= servers) return 1
  const blocked = erlangB(load, servers)
  return blocked / (1 - (load / servers) * (1 - blocked))
}
