import { availableParallelism } from 'node:os'

/*
 * Imported first, since Node reads it once. All threads share the four that Node has for files and images: with as many photos
 * in work, every flush of the queue would wait for a photo to be done.
 */
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4)
