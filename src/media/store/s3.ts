import {
  paginateListObjectsV2,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { defaultLimits } from '../base/limits.ts'
import { requireSpace } from './full.ts'
import { cleanTemporary, withTemporary } from './temporary.ts'
import {
  NotStoredError,
  type Blob,
  type ByteRange,
  type PutOptions,
  type S3Setting,
  type Store,
  type StoredFile,
} from './types.ts'
import { writeHashed } from './write.ts'

const hashed = /^[0-9a-f]{64}$/

/** A store in an S3-compatible bucket: objects named `PREFIX` + hash. */
export function openS3Store(setting: S3Setting): Promise<Store> {
  return Promise.resolve(new S3Store(setting))
}

class S3Store implements Store {
  readonly #client: S3Client
  readonly #setting: S3Setting

  constructor(setting: S3Setting) {
    this.#setting = setting
    this.#client = new S3Client({
      region: setting.region,
      credentials: { accessKeyId: setting.accessKeyId, secretAccessKey: setting.secretAccessKey },
      forcePathStyle: setting.forcePathStyle ?? false,
      ...(setting.endpoint !== undefined && { endpoint: setting.endpoint }),
      // Several S3-compatible servers refuse checksums beyond the protocol's own; TLS and the hash protect the bytes.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
  }

  put(source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<Blob> {
    return withTemporary(this.#setting.temporaryDir, async (path) => {
      const { reserveBytes = defaultLimits.reserveBytes, expectedBytes = 0 } = options
      await requireSpace(this.#setting.temporaryDir, reserveBytes + expectedBytes)
      const blob = await writeHashed(source, path, { reserveBytes, ...options })
      await options.beforeKeep?.(blob)
      await this.putFile(path, blob)
      return blob
    })
  }

  async putFile(path: string, blob: Blob): Promise<void> {
    // Sent even if it is already stored: that renews `stored_at`, which the deletion of unused files uses.
    const body = createReadStream(path)
    const params = { ...this.#object(blob.hash), Body: body, ContentLength: blob.size }
    await new Upload({ client: this.#client, params, queueSize: 2 }).done().finally(() => body.destroy())
    await rm(path, { force: true })
  }

  async open(hash: string, range?: ByteRange): Promise<Readable> {
    const Range = range && `bytes=${range.start}-${range.end}`
    const command = new GetObjectCommand({ ...this.#object(hash), ...(Range !== undefined && { Range }) })
    const { Body } = await this.#client.send(command).catch((error: unknown) => {
      throw isMissing(error) ? new NotStoredError(`no file ${hash} in the store`, { cause: error }) : error
    })
    if (!(Body instanceof Readable)) throw new Error('the store answered without a body')
    return Body
  }

  async stat(hash: string): Promise<{ size: number } | null> {
    try {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand(this.#object(hash)))
      return { size: ContentLength ?? 0 }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async *list(): AsyncGenerator<StoredFile> {
    const prefix = this.#setting.prefix ?? ''
    const query = { Bucket: this.#setting.bucket, Prefix: prefix }
    for await (const page of paginateListObjectsV2({ client: this.#client }, query)) {
      for (const { Key = '', Size: size = 0, LastModified: stored_at } of page.Contents ?? []) {
        const hash = Key.slice(prefix.length)
        if (hashed.test(hash) && stored_at) yield { hash, size, stored_at }
      }
    }
  }

  async delete(hash: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#object(hash)))
  }

  async check(): Promise<void> {
    const { hash } = await this.put(Readable.from([Buffer.from(`croft: is the store writable? ${randomUUID()}`)]))
    await this.delete(hash)
  }

  clean(olderThanMs?: number): Promise<number> {
    return cleanTemporary(this.#setting.temporaryDir, olderThanMs)
  }

  close(): Promise<void> {
    this.#client.destroy()
    return Promise.resolve()
  }

  #object(hash: string): { Bucket: string; Key: string } {
    if (!hashed.test(hash)) throw new NotStoredError('a stored file is named by 64 hex digits')
    return { Bucket: this.#setting.bucket, Key: `${this.#setting.prefix ?? ''}${hash}` }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404
}
