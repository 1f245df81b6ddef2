import { stat } from 'node:fs/promises'
import type { ZipFile } from 'yauzl'
import { readImage, type ImageFault } from '../ingest/image.ts'
import type { IngestContext } from '../ingest/context.ts'
import type { MediaLimits } from '../base/limits.ts'
import type { Problem } from '../base/problem.ts'
import type { Image } from '../readers/decode.ts'
import { Refusal } from '../ingest/refusal.ts'
import { withTemporary } from '../store/temporary.ts'
import type { Inspection } from '../base/types.ts'
import { quoteName, tooCostly } from '../base/words.ts'
import { readEntries, withZip, type SlideEntry } from './entries.ts'
import { extract } from './extract.ts'

export interface Slide extends SlideEntry {
  image: Image
}

export interface SlideshowCheck extends Inspection {
  /** The good slides, in order: all of them if there are no problems. */
  slides: Slide[]
}

export type SlideshowOptions = Pick<IngestContext, 'limits' | 'temporaryDir' | 'isolation' | 'owner' | 'signal'>

const mostProblems = 20

/**
 * Inspects a zip of slides and returns everything that keeps it from being posted. Each slide is unpacked and decoded,
 * one at a time.
 */
export async function checkSlideshow(path: string, options: SlideshowOptions): Promise<SlideshowCheck> {
  const { size } = await stat(path)
  return withZip(path, async (zip) => {
    const { slides: entries, problems } = await readEntries(zip, options.limits)
    const slides: Slide[] = []
    // Too much according to its own list: nothing is unpacked.
    const refused = problems.some(({ code }) => code === 'slideshow_too_large' || code === 'slideshow_too_many_entries')
    for (const entry of refused ? [] : entries) {
      const result = await checkSlide(zip, entry, options)
      if ('code' in result) problems.push(result)
      else if ('image' in result) slides.push(result)
    }
    const first = slides[0]?.image
    const info = {
      kind: 'slideshow',
      size,
      duration_s: null,
      width: first?.width ?? null,
      height: first?.height ?? null,
    } as const
    return {
      info: { ...info, rotation: null, codec: null, slides: entries.length },
      slides,
      problems: capped(problems),
      warnings: [],
    }
  }).catch((error: unknown) => {
    if (error instanceof Refusal) return { info: null, slides: [], problems: error.problems, warnings: [] }
    throw error
  })
}

async function checkSlide(
  zip: ZipFile,
  slide: SlideEntry,
  options: SlideshowOptions,
): Promise<Slide | Problem | { skipped: true }> {
  const { limits, temporaryDir, signal } = options
  const { entry } = slide
  if (entry.uncompressedSize > limits.slideBytes || entry.isEncrypted() || !entry.canDecodeFileData()) return { skipped: true }
  return withTemporary(temporaryDir, async (path) => {
    await extract(zip, slide, path, limits, signal)
    const image = await readImage(path, limits.slidePixels, options)
    if ('fault' in image) return explain(slide, image, limits)
    return image.format === slide.format ? { ...slide, image } : wrongFormat(slide, `a ${named[image.format]} picture`)
  }).catch((error: unknown) => {
    if (error instanceof Refusal && error.problems[0]) return error.problems[0]
    throw error
  })
}

const named = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF' }

function explain(slide: SlideEntry, fault: ImageFault, limits: MediaLimits): Problem {
  const name = quoteName(slide.name)
  switch (fault.fault) {
    case 'other_format':
      return wrongFormat(slide, fault.words)
    case 'too_many_pixels': {
      const size = `${fault.width}x${fault.height}, ${Math.ceil((fault.width * fault.height) / 1e6)} megapixels`
      return { code: 'slide_too_large', message: `${name} is ${size}, at most ${limits.slidePixels / 1e6}` }
    }
    case 'too_costly':
      return { code: 'slide_too_large', message: `${name} ${tooCostly}` }
    case 'damaged':
      return { code: 'slide_unreadable', message: `${name} is damaged and cannot be decoded; export it again` }
  }
}

function wrongFormat(slide: SlideEntry, words: string): Problem {
  const message = `${quoteName(slide.name)} is ${words}, not ${named[slide.format]} as its name says; rename or export it again`
  return { code: 'slide_wrong_format', message }
}

function capped(problems: Problem[]): Problem[] {
  if (problems.length <= mostProblems) return problems
  const more: Problem = { code: 'slide_more_problems', message: `and ${problems.length - mostProblems} more problems` }
  return [...problems.slice(0, mostProblems), more]
}
