import type { MediaLimits } from '../base/limits.ts'
import type { Problem } from '../base/problem.ts'
import { quoteName } from '../base/words.ts'

/** How many missing numbers are listed. */
const mostNamed = 5

/** Checks the slides' numbers together: how many, duplicates, gaps. */
export function judgeNumbers(slides: readonly { n: number; name: string }[], limits: MediaLimits): Problem[] {
  const problems: Problem[] = []
  if (slides.length === 0)
    problems.push({ code: 'slideshow_empty', message: 'the zip has no slides; it needs at least slide-1.jpg' })
  if (slides.length > limits.slides) {
    const message = `the zip has ${slides.length} slides, at most ${limits.slides}`
    problems.push({ code: 'slideshow_too_many_entries', message })
  }
  const byNumber = Map.groupBy(slides, ({ n }) => n)
  for (const same of byNumber.values()) {
    if (same.length < 2) continue
    const names = same.map(({ name }) => quoteName(name)).join(' and ')
    problems.push({ code: 'slide_duplicate', message: `${names} have the same number; keep one` })
  }
  return [...problems, ...missing(byNumber)]
}

function missing(byNumber: ReadonlyMap<number, unknown>): Problem[] {
  const last = Math.max(0, ...byNumber.keys())
  const count = last - byNumber.size
  if (count === 0) return []
  const named: string[] = []
  for (let n = 1; named.length < Math.min(count, mostNamed); n++) if (!byNumber.has(n)) named.push(`slide-${n}`)
  const more = count > named.length ? ` and ${count - named.length} more` : ''
  const verb = count === 1 ? 'is' : 'are'
  const message = `${named.join(', ')}${more} ${verb} missing, and the last is slide-${last}; number the slides without gaps`
  return [{ code: 'slide_missing', message }]
}
