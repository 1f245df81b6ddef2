import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl'
import type { ImageFormat } from '../base/detect-type.ts'
import type { MediaLimits } from '../base/limits.ts'
import type { Problem } from '../base/problem.ts'
import { Refusal } from '../ingest/refusal.ts'
import { bytesInWords, quoteName } from '../base/words.ts'
import { readName } from './names.ts'
import { judgeNumbers } from './numbers.ts'

/** An entry of the zip with the name of a slide. */
export interface SlideEntry {
  n: number
  name: string
  format: ImageFormat
  entry: Entry
}

/** If there are more entries than this, they are not even listed. */
const mostEntries = 1000

/**
 * Opens a zip for `work`, and leaves the checking of names to us: yauzl stops at the first odd one, and all must be
 * reported. @throws {Refusal}
 */
export async function withZip<T>(path: string, work: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await openPromise(path, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: true,
  }).catch(damaged)
  try {
    return await work(zip)
  } finally {
    zip.close()
  }
}

/** Reads the zip's list of entries, in the order of slides, with all problems of names, numbers and claimed sizes. */
export async function readEntries(zip: ZipFile, limits: MediaLimits): Promise<{ slides: SlideEntry[]; problems: Problem[] }> {
  if (zip.entryCount > mostEntries) {
    const message = `the zip has ${zip.entryCount} entries, at most ${limits.slides} slides`
    return { slides: [], problems: [{ code: 'slideshow_too_many_entries', message }] }
  }
  const slides: SlideEntry[] = []
  const problems: Problem[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
      const named = readName(name)
      if (named.is === 'refused') problems.push(named.problem)
      if (named.is !== 'slide') continue
      slides.push({ n: named.n, name, format: named.format, entry })
      problems.push(...judgeEntry(name, entry, limits))
    }
  } catch (error) {
    damaged(error)
  }
  slides.sort((a, b) => a.n - b.n)
  return { slides, problems: [...problems, ...judgeNumbers(slides, limits), ...judgeTotal(slides, limits)] }
}

function judgeEntry(name: string, entry: Entry, limits: MediaLimits): Problem[] {
  const refuse = (why: string): Problem[] => [{ code: 'slide_not_allowed', message: `${quoteName(name)} ${why}` }]
  // The upper half is the Unix mode, if the zip was made on such a system.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000)
    return refuse('is a link; put the picture itself into the zip')
  if (entry.isEncrypted()) return refuse('is encrypted; make the zip without a password')
  if (!entry.canDecodeFileData()) return refuse('is compressed in an unusual way; make an ordinary zip')
  if (entry.uncompressedSize <= limits.slideBytes) return []
  const message = `${quoteName(name)} is ${bytesInWords(entry.uncompressedSize)}, at most ${bytesInWords(limits.slideBytes)}`
  return [{ code: 'slide_too_large', message }]
}

function judgeTotal(slides: SlideEntry[], limits: MediaLimits): Problem[] {
  const total = slides.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0)
  if (total <= limits.expandedBytes) return []
  const message = `the slides are ${bytesInWords(total)} together, at most ${bytesInWords(limits.expandedBytes)}`
  return [{ code: 'slideshow_too_large', message }]
}

function damaged(error: unknown): never {
  if (!(error instanceof Error)) throw new Error(String(error))
  if ('syscall' in error) throw error
  throw new Refusal([{ code: 'media_not_zip', message: `the zip is damaged (${error.message.slice(0, 200)}); make it again` }])
}
