import { rm } from 'node:fs/promises'
import type { Container, MediaFile, State } from '../state.ts'
import { fetchFile, type StoredFile } from './fetch.ts'
import { inspectImage } from './image.ts'
import { inspectVideo } from './video.ts'
import { MediaRefusal } from './refusal.ts'
import { checkSize } from './size.ts'

/** What a container's file is held against. */
export type Wanted = Pick<Container, 'kind' | 'media' | 'parameters'>

/**
 * Fetches a container's media URL and inspects the file.
 * @throws MediaRefusal
 */
export const takeUrl = async (state: State, url: string, wanted: Wanted): Promise<MediaFile> =>
  takeFile(state, await fetchFile(state, url, (bytes) => state.settings.inspect && checkSize(bytes, wanted)), wanted)

/**
 * Inspects a file, and removes it.
 * @throws MediaRefusal
 */
export async function takeFile(state: State, file: StoredFile, wanted: Wanted): Promise<MediaFile> {
  const { kind, media, parameters } = wanted
  try {
    if (!state.settings.inspect)
      return { kind: media ?? 'image', size: file.size, sha256: file.sha256, width: 0, height: 0, seconds: null }
    checkSize(file.size, wanted)
    if (media !== 'video') return await inspectImage(file, kind)
    // A cover wins over the offset.
    const offset = parameters.cover_url === undefined ? parameters.thumb_offset : undefined
    return await inspectVideo(file, kind, offset === undefined ? null : Number(offset))
  } finally {
    await rm(file.path, { force: true })
  }
}

/** Lets `take` go on while the call that started it is answered; its refusal makes the container an ERROR. */
export function takeLater(state: State, container: Container, take: Promise<MediaFile>): void {
  container.working = true
  const job = take
    .then(
      (file) => void (container.file = file),
      (error: unknown) => {
        if (error instanceof MediaRefusal) container.error ??= error.subcode
        else state.broken.push(error)
      },
    )
    .finally(() => {
      container.working = false
      state.work.delete(job)
    })
  state.work.add(job)
}
