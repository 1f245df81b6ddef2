import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { NotStoredError } from '../../media/index.ts'

/** One range of `bytes=FIRST-LAST`; for several ranges the response is the whole file, as HTTP allows. */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, first = '', last = ''] = match
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}

// The types that a browser may display; anything else is downloaded, never run.
const displayable = /^(video\/mp4|image\/(jpeg|png|webp|avif))$/

/** Whether If-None-Match names the file; compressing proxies make a tag weak. */
const isNamed = (header: string | undefined, hash: string): boolean =>
  header?.split(',').some((tag) => ['*', `"${hash}"`, `W/"${hash}"`].includes(tag.trim())) ?? false

async function serve(
  ctx: Context,
  token: string,
  n: number,
  rangeHeader: string | undefined,
  etag: string | undefined,
  reply: FastifyReply,
) {
  const row =
    /^[A-Za-z0-9_-]{43}$/.test(token) &&
    (await ctx.db.selectFrom('media').select(['files']).where('token', '=', token).executeTakeFirst())
  const file = row ? row.files[n - 1] : undefined
  if (!file) throw new CroftError('media_not_found', 'No media has this address.')
  const range = rangeOf(rangeHeader, file.size)
  const known = isNamed(etag, file.hash)
  const bytes = known || range === 'unsatisfiable' ? null : await opened(ctx, file.hash, range)
  const safe = displayable.test(file.content_type)
  reply
    .header('etag', `"${file.hash}"`)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('accept-ranges', 'bytes')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox")
    .type(safe ? file.content_type : 'application/octet-stream')
  if (!safe) reply.header('content-disposition', 'attachment')
  if (known) return reply.status(304).send()
  if (range === 'unsatisfiable')
    return reply.status(416).header('content-range', `bytes */${file.size}`).type('text/plain').send('')
  if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`)
  reply.header('content-length', String(range ? range.end - range.start + 1 : file.size))
  return reply.send(bytes)
}

async function opened(ctx: Context, hash: string, range: { start: number; end: number } | null) {
  try {
    return await ctx.store.open(hash, range ?? undefined)
  } catch (error) {
    if (!(error instanceof NotStoredError)) throw error
    throw new CroftError('media_not_found', 'The media at this address is no longer stored.')
  }
}

/** `GET /media/TOKEN` and, for a slideshow, `/media/TOKEN/N`: no key, since nobody can guess the token. */
export function serveMedia(app: FastifyInstance, ctx: Context): void {
  for (const url of ['/media/:token', '/media/:token/:n']) {
    app.get<{ Params: { token: string; n?: string } }>(url, { schema: { hide: true } }, (request, reply) =>
      serve(
        ctx,
        request.params.token,
        Number(request.params.n ?? '1'),
        request.headers.range,
        request.headers['if-none-match'],
        reply,
      ),
    )
  }
}
