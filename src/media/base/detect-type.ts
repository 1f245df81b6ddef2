export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif'

/** The type of a file by its first bytes, in words for a person; `format` for the types that Croft accepts. */
export interface DetectedType {
  format: 'mp4' | 'zip' | ImageFormat | null
  words: string
}

/** How many bytes `detectType` needs. */
export const detectBytes = 512

/** Strings at fixed positions; at each position, any of the alternatives. */
type Sign = [look: DetectedType, at: number, any: string[], at2?: number, any2?: string[]]

const type = (format: DetectedType['format'], words: string): DetectedType => ({ format, words })

/** Bytes read as Latin-1; the first match counts. An `ftyp` box has its brand at 8. */
const signs: Sign[] = [
  [type('jpeg', 'a JPEG picture'), 0, ['\xff\xd8\xff']],
  [type('png', 'a PNG picture'), 0, ['\x89PNG\r\n\x1a\n']],
  [type('webp', 'a WebP picture'), 0, ['RIFF'], 8, ['WEBP']],
  [type(null, 'an AVI video'), 0, ['RIFF'], 8, ['AVI ']],
  [type(null, 'a WAV sound'), 0, ['RIFF'], 8, ['WAVE']],
  [type('avif', 'an AVIF picture'), 4, ['ftyp'], 8, ['avif', 'avis']],
  [type(null, 'a HEIC picture'), 4, ['ftyp'], 8, ['heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1']],
  [type(null, 'a QuickTime movie (.mov)'), 4, ['ftyp'], 8, ['qt  ']],
  [type(null, 'an M4A sound'), 4, ['ftyp'], 8, ['M4A ', 'M4B ']],
  [type('mp4', 'an MP4 video'), 4, ['ftyp']],
  [type(null, 'a QuickTime movie (.mov)'), 4, ['moov', 'mdat', 'wide']],
  [type('zip', 'a zip'), 0, ['PK\x03\x04', 'PK\x05\x06']],
  [type(null, 'a WebM or Matroska video'), 0, ['\x1a\x45\xdf\xa3']],
  [type(null, 'a GIF picture'), 0, ['GIF8']],
  [type(null, 'a BMP picture'), 0, ['BM'], 14, ['\x28']],
  [type(null, 'a TIFF picture'), 0, ['II*\0', 'MM\0*']],
  [type(null, 'a PDF'), 0, ['%PDF-']],
  [type(null, 'a gzip archive'), 0, ['\x1f\x8b']],
  [type(null, 'a RAR archive'), 0, ['Rar!']],
  [type(null, 'a 7z archive'), 0, ['7z\xbc\xaf']],
  [type(null, 'an MP3 sound'), 0, ['ID3', '\xff\xfb', '\xff\xf3', '\xff\xf2']],
  [type(null, 'an MPEG transport stream'), 0, ['G'], 188, ['G']],
  [type(null, 'a playlist (.m3u8), not the video itself'), 0, ['#EXTM3U']],
]

/**
 * Detects the type of a file by its first bytes, whatever its name or content type claim. The time is linear in the
 * number of bytes.
 */
export async function detectType(head: Uint8Array): Promise<DetectedType> {
  if (head.byteLength === 0) return type(null, 'empty')
  const bytes = Buffer.from(head.subarray(0, detectBytes))
  const text = bytes.toString('latin1')
  const stands = (at: number, any: string[]) => any.some((one) => text.startsWith(one, at))
  const found = signs.find(([, at, any, at2 = 0, any2 = ['']]) => stands(at, any) && stands(at2, any2))
  if (found) return found[0]
  const words = markup(text) ?? (await otherKind(bytes))
  return type(null, words ?? (isText(text) ? 'a text' : 'a file of an unknown kind'))
}

/** A picture format that Croft accepts. */
export function isImage(format: DetectedType['format']): format is ImageFormat {
  return format === 'jpeg' || format === 'png' || format === 'webp' || format === 'avif'
}

const pageStarts = ['<!doctype html', '<html', '<head', '<body', '<script', '<title']

/** Detects markup and JSON by the first element, after a byte order mark, blanks, comments and declarations. */
function markup(text: string): string | null {
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase()
  if (/^[{[]["\s]/.test(start)) return 'a JSON text'
  const isXml = start.startsWith('<?xml')
  let rest = isXml ? past(start, '>') : start
  while (rest.startsWith('<!--')) rest = past(rest, '-->')
  if (rest.startsWith('<!doctype svg') || rest.startsWith('<svg')) return 'an SVG drawing'
  if (isXml) return 'an XML document'
  return pageStarts.some((one) => rest.startsWith(one)) ? 'an HTML page' : null
}

/** What follows `end` and blanks; an empty string if `end` is missing. */
function past(text: string, end: string): string {
  const at = text.indexOf(end)
  return at < 0 ? '' : text.slice(at + end.length).trimStart()
}

/** Names the many types that no team sends on purpose. Loaded when first needed: it takes a tenth of a second. */
async function otherKind(bytes: Uint8Array): Promise<string | null> {
  const { fileTypeFromBuffer } = await import('file-type')
  // It may throw on damaged bytes; then the type is unknown.
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined)
  return found ? `a file of the type ${found.mime}` : null
}

function isText(text: string): boolean {
  return /^[\t\r\n\x20-\x7e\x80-\xff]+$/.test(text)
}
