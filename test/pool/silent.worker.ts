/** A worker that starts and never answers. */
setInterval(() => {}, 60_000)
