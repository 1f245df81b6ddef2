import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { convertPicture } from '../../../src/media/picture/convert.ts'
import { checkSlideshow } from '../../../src/media/slideshow/check.ts'
import { createIsolation, defaultLimits, openStore } from '../../../src/media/index.ts'

// Runs where no file may grow, or on a disk that is nearly full: says how each kind of write ends.

const [dir = '', sources = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'local', dir: join(dir, 'store'), minFreeBytes: 0 })
const temporaryDir = join(dir, 'temporary')
const isolated = { isolation: createIsolation(), owner: 'team' }
const limits = { ...defaultLimits, reserveBytes: 0 }

const ending = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )

async function* bytes(size: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < size; sent += 65_536) yield await Promise.resolve(new Uint8Array(65_536))
}

const info = { width: 600, height: 600, format: 'png' } as const
const ends = {
  put: await ending(store.put(bytes(32 * 1024 * 1024))),
  picture: await ending(
    convertPicture(join(sources, 'picture.png'), info, { ...isolated, store, temporaryDir, maxPixels: limits.picturePixels }),
  ),
  slideshow: await ending(checkSlideshow(join(sources, 'slides.zip'), { ...isolated, limits, temporaryDir })),
}
const left = [...(await readdir(temporaryDir)), ...(await readdir(join(dir, 'store/temporary')))]
process.stdout.write(JSON.stringify({ ...ends, left }))
