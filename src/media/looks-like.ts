/** What the first bytes say a file is, in words for a person; `format` for those that Croft takes. */
export interface Look {
  format: 'mp4' | 'zip' | 'jpeg' | 'png' | 'webp' | 'avif' | null
  words: string
}

/** How many bytes `looksLike` wants to see. */
export const lookBytes = 512

interface Sign {
  look: Look
  at?: number
  bytes: string | RegExp
}

const sign = (format: Look['format'], words: string, bytes: string | RegExp, at = 0): Sign => ({
  look: { format, words },
  bytes,
  at,
})

/** Bytes read as Latin-1, the first that fits; an `ftyp` box names its brand at 8. */
const signs: Sign[] = [
  sign('jpeg', 'a JPEG picture', '\xff\xd8\xff'),
  sign('png', 'a PNG picture', '\x89PNG\r\n\x1a\n'),
  sign('webp', 'a WebP picture', /^RIFF....WEBP/s),
  sign(null, 'an AVI video', /^RIFF....AVI /s),
  sign(null, 'a WAV sound', /^RIFF....WAVE/s),
  sign('avif', 'an AVIF picture', /^avi[fs]/, 8),
  sign(null, 'a HEIC picture', /^(heic|heix|heim|heis|hevc|mif1|msf1)/, 8),
  sign(null, 'a QuickTime movie (.mov)', 'qt  ', 8),
  sign(null, 'an M4A sound', /^M4[AB] /, 8),
  sign('mp4', 'an MP4 video', 'ftyp', 4),
  sign(null, 'a QuickTime movie (.mov)', /^(moov|mdat|wide)/, 4),
  sign('zip', 'a zip', /^PK(\x03\x04|\x05\x06)/),
  sign(null, 'a WebM or Matroska video', '\x1a\x45\xdf\xa3'),
  sign(null, 'a GIF picture', 'GIF8'),
  sign(null, 'a BMP picture', /^BM.{12}\x28/s),
  sign(null, 'a TIFF picture', /^(II\*\0|MM\0\*)/),
  sign(null, 'a PDF', '%PDF-'),
  sign(null, 'a gzip archive', '\x1f\x8b'),
  sign(null, 'a RAR archive', 'Rar!'),
  sign(null, 'a 7z archive', '7z\xbc\xaf'),
  sign(null, 'an MP3 sound', /^(ID3|\xff[\xfb\xf3\xf2])/),
  sign(null, 'an MPEG transport stream', /^G.{187}G/s),
  sign(null, 'a playlist (.m3u8), not the video itself', '#EXTM3U'),
  sign(null, 'an SVG drawing', /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg/is),
  sign(null, 'an HTML page', /^(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|title)/is),
  sign(null, 'an XML document', /^(\xef\xbb\xbf)?\s*<\?xml/i),
  sign(null, 'a JSON text', /^(\xef\xbb\xbf)?\s*[{[]["\s]/),
]

/** Says what a file is by its first bytes, whatever its name or content type claim. */
export function looksLike(head: Uint8Array): Look {
  if (head.byteLength === 0) return { format: null, words: 'empty' }
  const text = Buffer.from(head.subarray(0, lookBytes)).toString('latin1')
  const fits = ({ at = 0, bytes }: Sign) =>
    (at !== 8 || text.startsWith('ftyp', 4)) &&
    (typeof bytes === 'string' ? text.startsWith(bytes, at) : bytes.test(text.slice(at)))
  const found = signs.find(fits)
  if (found) return found.look
  return { format: null, words: isText(text) ? 'a text' : 'a file of an unknown kind' }
}

function isText(text: string): boolean {
  return /^[\t\r\n\x20-\x7e\x80-\xff]+$/.test(text)
}
