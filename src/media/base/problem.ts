/** Every code that inspecting or downloading media can return, with its meaning. docs/media.md shows this list. */
export const mediaProblemCodes = {
  invalid_url: 'The text is not a URL that Croft can fetch.',
  url_not_https: 'The URL does not begin with https://.',
  address_not_allowed: 'The URL, or a redirect from it, leads to an address that is not on the public internet.',
  media_unreachable: 'The server could not be reached, or did not return the file.',
  media_timeout: 'The server took too long.',
  media_too_slow: 'The server sent too little during half a minute of waiting for it.',
  media_ended_worker: 'Croft ended twice while it inspected the file, and does not inspect it again.',
  media_too_large: 'The file is over the size limit.',
  media_truncated: 'The file, or its download, ends before it is complete.',
  media_unreadable: 'Reading the file would take more time or memory than allowed, or its index contains impossible values.',
  media_not_mp4: 'The file is not an MP4 video.',
  media_no_video_track: 'The MP4 has no video track.',
  media_codec_unsupported: 'The video is not encoded as H.264.',
  media_too_long: 'The video is over the time limit.',
  media_aspect_ratio: 'Warning: the video is not 9:16.',
  media_not_zip: 'The file is not a zip, or is damaged.',
  slideshow_empty: 'The zip has no slides.',
  slideshow_too_many_entries: 'The zip has more slides or entries than allowed.',
  slideshow_too_large: 'The slides together are too large.',
  slide_missing: 'A number between the first and the last slide is missing.',
  slide_name_invalid: 'An entry is not named slide-N.EXT.',
  slide_duplicate: 'Two entries have the same number.',
  slide_not_allowed: 'An entry is a folder, a link, encrypted, or compressed in a way that Croft does not read.',
  slide_wrong_format: 'The bytes of a slide are not what its name says.',
  slide_too_large: 'A slide exceeds the limit for bytes or pixels.',
  slide_unreadable: 'A slide is damaged and cannot be decoded.',
  slide_more_problems: 'The number of further problems that are not listed.',
  picture_unreachable: 'The picture could not be downloaded.',
  picture_not_an_image: 'The file is not a JPEG, PNG, WebP or AVIF picture that can be decoded.',
  picture_too_large: 'The picture exceeds the limit for bytes or pixels.',
  invalid_image_ratio: 'The picture is not square.',
} as const

export type MediaProblemCode = keyof typeof mediaProblemCodes

/** One reason, in words that a content editor understands. */
export interface Problem {
  code: MediaProblemCode
  message: string
}
