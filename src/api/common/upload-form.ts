import { createHash } from 'node:crypto'
import type { MultipartFile, Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid, type Detail } from '../../kernel/errors.ts'
import { TooLargeError, type Blob } from '../../media/index.ts'

export interface TakenFile extends Blob {
  contentType: string
}

/** Distinguishes failures of reading the form from failures of storing the file. */
async function* readable<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source
  } catch (error) {
    if (error instanceof CroftError || (error instanceof Error && 'statusCode' in error && error.statusCode === 413)) throw error
    throw new CroftError('malformed_request', 'The form ended early. Send it in full, as multipart/form-data.')
  }
}

function partsOf(request: FastifyRequest): AsyncIterable<Multipart> {
  try {
    return readable(request.parts())
  } catch {
    throw new CroftError('malformed_request', 'The Content-Type has no boundary for the form; let your HTTP client set it.')
  }
}

async function store(ctx: Context, part: MultipartFile): Promise<TakenFile> {
  try {
    const blob = await ctx.store.put(readable<Buffer>(part.file), { maxBytes: ctx.limits.videoBytes })
    return { ...blob, contentType: part.mimetype }
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new CroftError('payload_too_large', `The file is larger than ${Math.floor(error.maxBytes / 1_048_576)} MiB.`)
  } finally {
    part.file.resume()
  }
}

/** Reads the form's file without storing it. @returns its SHA-256 in hex */
export async function hashOfFile(request: FastifyRequest): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of partsOf(request))
    if (part.type === 'file') for await (const chunk of part.file) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Streams the one file of the form into the store. @throws CroftError if the form is not exactly one part named `file` */
export async function takeFile(ctx: Context, request: FastifyRequest): Promise<TakenFile> {
  if (!request.isMultipart())
    throw new CroftError(
      'unsupported_media_type',
      'Send the file as multipart/form-data, in a part named file: curl -F file=@clip.mp4 …',
    )
  let taken: TakenFile | null = null
  const wrong: Detail[] = []
  for await (const part of partsOf(request)) {
    if (part.type === 'file' && part.fieldname === 'file' && !taken) {
      taken = await store(ctx, part)
      continue
    }
    if (part.type === 'file') part.file.resume()
    const message = part.fieldname !== 'file' ? 'is not a part that this route knows' : taken ? 'is given twice' : 'is not a file'
    wrong.push({ path: part.fieldname, message })
  }
  if (!taken && !wrong.some(({ path }) => path === 'file'))
    wrong.push({ path: 'file', message: 'is required: the form has no file with this name' })
  if (taken?.size === 0) wrong.push({ path: 'file', message: 'is empty' })
  if (!taken || wrong.length > 0) throw invalid(wrong)
  return taken
}
