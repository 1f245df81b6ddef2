import { limits } from '../limits.ts'
import type { Container, State } from '../state.ts'

export type StatusCode = 'IN_PROGRESS' | 'FINISHED' | 'ERROR' | 'EXPIRED' | 'PUBLISHED'

/** The state of a container now. */
export function statusOf(state: State, container: Container): StatusCode {
  const now = state.clock.now().getTime()
  if (container.publishedAs !== null) return 'PUBLISHED'
  if (now - container.createdAt.getTime() >= limits.containerLife) return 'EXPIRED'
  if (container.readsLeft > 0 || now < container.readyAt.getTime() || container.working) return 'IN_PROGRESS'
  if (container.error !== null) return 'ERROR'
  if (container.upload !== null && container.file === null) return 'IN_PROGRESS'
  return 'FINISHED'
}

/** The text of `status`; the one of ERROR carries the subcode. */
export function statusText(state: State, container: Container): string {
  switch (statusOf(state, container)) {
    case 'IN_PROGRESS':
      return 'In Progress: Media is still being processed.'
    case 'FINISHED':
      return 'Finished: Media has been uploaded and it is ready to be published.'
    case 'ERROR':
      return `Error: Media upload has failed with error code ${container.error ?? ''}`
    case 'EXPIRED':
      return 'Expired: Media was not published within 24 hours.'
    case 'PUBLISHED':
      return 'Published: Media has been already published.'
  }
}
