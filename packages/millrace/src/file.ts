/** `millrace/file`: the durable store for Node. */
export {}
