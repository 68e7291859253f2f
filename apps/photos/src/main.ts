/** Resize, rotate and tag many photos: the example application. */
export {}
