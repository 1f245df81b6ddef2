import { fstatSync, write, writeSync } from 'node:fs'

type Done = (error: NodeJS.ErrnoException | null, written: number) => void

/** Writes as many of the bytes as it can, and returns their number. */
export interface Sink {
  write(bytes: Buffer, done: Done): void
  /** At the end of the process: writes what can be written at once, in order. */
  last(bytes: Buffer): void
}

/** A file or device: a write that waits for it holds a thread of libuv, not this one. */
const fileSink = (fd: number): Sink => ({
  write: (bytes, done) => write(fd, bytes, 0, bytes.length, null, done),
  last: (bytes) => void writeSync(fd, bytes),
})

/** A pipe or socket: Node's own stream does not block. Once its reader is gone, it accepts nothing. */
function streamSink(stream: NodeJS.WriteStream, fd: number): Sink {
  stream.on('error', () => undefined)
  return {
    write: (bytes, done) => void stream.write(bytes, (error) => done(error ?? null, error ? 0 : bytes.length)),
    last(bytes) {
      if (stream.writableLength === 0) writeSync(fd, bytes)
    },
  }
}

/** How to write to standard output or standard error without waiting. */
export function sinkOf(fd: 1 | 2): Sink {
  const found = fstatSync(fd)
  return found.isFIFO() || found.isSocket() ? streamSink(fd === 1 ? process.stdout : process.stderr, fd) : fileSink(fd)
}
