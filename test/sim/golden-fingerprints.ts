/** What `print-fingerprints.ts` prints of the presets. A change of the kernel, of core, or of a preset changes them, and nothing else may. */
export const golden: Readonly<Record<string, string>> = {
  'photo-upload-sync': 'e085f513426ab6d6',
  'photo-upload-async': 'cf48cf9341a00fea',
  'black-friday': '83b5abed2035db70',
  'booking-payments': '4af0b933909858bd',
  'video-encoding': 'bd28912fb1a17f6f',
  'trip-saga': '054a5193371f18fe',
  'retry-storm': '34de6a2264e69e09',
}
