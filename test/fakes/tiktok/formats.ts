/** Whether a file that begins with these bytes is MP4, MOV or WebM. Length, frame rate and codec are not looked at. */
export const isVideo = (head: Buffer): boolean =>
  head.subarray(4, 8).toString() === 'ftyp' || head.subarray(0, 4).toString('hex') === '1a45dfa3'
