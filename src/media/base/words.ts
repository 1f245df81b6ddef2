/** A size as people write it: `61 bytes`, `20 MiB`, `1.5 GiB`. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${Number(amount.toFixed(amount < 10 ? 2 : 1))} ${['', 'KiB', 'MiB', 'GiB'][power] ?? ''}`
}

/** A name from an untrusted file, safe to display: quoted, one line, at most 80 characters. */
export function quoteName(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�')
  return `"${clean.length > 80 ? `${clean.slice(0, 79)}…` : clean}"`
}

/** The rest of a sentence about a picture, after its name. */
export const tooCostly = 'takes more memory or time to decode than allowed; export it smaller, or as a plain JPEG'
