/** What an error says beside its numbers. */
export interface ErrorText {
  message: string
  /** `error_user_title` and `error_user_msg`; errors without a subcode have neither. */
  title?: string
  text?: string
  transient?: boolean
  /** 400 by default. */
  status?: number
  /** OAuthException by default. */
  type?: string
}

const unsupported =
  'Unsupported get request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation.'

/**
 * Every error of the reference page `error-codes`, by `code` or `code/subcode`, and those of the Graph API itself.
 * The page gives 400 for all of its own.
 */
export const errorTable = {
  '1': { message: 'An unknown error has occurred.', transient: true, status: 500 },
  '2': { message: 'An unexpected error has occurred. Please retry your request later.', transient: true, status: 500 },
  '4': { message: '(#4) Application request limit reached' },
  '17': { message: '(#17) User request limit reached' },
  '32': { message: '(#32) Page request limit reached' },
  '613': { message: '(#613) Calls to this api have exceeded the rate limit.' },
  '-2/2207003': { message: 'Timeout', title: 'Timeout', text: 'It takes too long to download the media.' },
  '-2/2207020': {
    message: 'Media has expired',
    title: 'Media expired',
    text: 'The media you are trying to access has expired. Please try to upload again.',
  },
  '-1/2207001': { message: 'Fatal', title: 'Server error', text: 'Instagram server error. Try again.' },
  '-1/2207032': {
    message: 'Create media fail',
    title: 'Create media fail',
    text: 'Create media fail, please try to re-create media',
  },
  '-1/2207053': { message: 'Unknown upload error', title: 'Upload error', text: 'unknown upload error' },
  '1/2207057': {
    message: 'Invalid thumbnail offset',
    title: 'Invalid thumbnail offset',
    text: 'Thumbnail offset must be greater than or equal to 0 and less than video duration',
  },
  '4/2207051': {
    message: 'Application request limit reached',
    title: 'Action is blocked',
    text: 'We restrict certain activity to protect our community. Tell us if you think we made a mistake.',
  },
  '9/2207042': {
    message: 'Application request limit reached',
    title: 'You have reached the maximum number of posts',
    text: 'You reached maximum number of posts that is allowed to be published by Content Publishing API.',
  },
  '10': { message: '(#10) Application does not have permission for this action', status: 403 },
  '200': { message: '(#200) Permissions error', status: 403 },
  '24/2207006': {
    message: 'The requested resource does not exist',
    title: 'Media not found',
    text: 'The media with this id cannot be found',
  },
  '24/2207008': {
    message: 'The requested resource does not exist',
    title: 'Media builder not found',
    text: 'The media builder with this creation id does not exist or has been expired',
  },
  '25/2207050': {
    message: 'The Instagram account is restricted',
    title: 'Account is restricted',
    text: "The Instagram account is restricted. It is inactive, or must pass a check in Instagram's app.",
  },
  '100': { message: '(#100) Invalid parameter' },
  '100/33': { message: unsupported, type: 'IGApiException' },
  '100/2207023': { message: 'Invalid parameter', title: 'Unknown media type', text: 'The media type is unknown.' },
  '100/2207028': {
    message: 'Invalid parameter',
    title: 'Carousel validation failed',
    text: "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
  },
  '100/2207040': {
    message: 'Invalid parameter',
    title: 'Too many tags',
    text: 'Cannot use more than the allowed number of tags per created media.',
  },
  '102': { message: 'API session expired' },
  '190': { message: 'Invalid OAuth access token - Cannot parse access token' },
  '190/458': { message: 'Error validating access token: The user has not authorized application.' },
  '190/460': {
    message:
      'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  },
  '190/463': { message: 'Error validating access token: Session has expired.' },
  '352/2207026': {
    message: 'The video format is not supported',
    title: 'Unsupported video format',
    text: 'The video format is not supported. Please check spec for supported format.',
  },
  '2500': { message: 'Unknown path components' },
  '2635': { message: '(#2635) You are calling a deprecated version of the API. Please update to the latest version.' },
  '9004/2207052': {
    message: 'Only photo or video can be accepted as media type.',
    title: "Media download has failed. The media URI doesn't meet our requirements.",
    text: 'The media could not be fetched from this URI. Please check the limitations of the media URI.',
  },
  '9007/2207027': {
    message: 'Media ID is not available',
    title: 'Cannot publish',
    text: 'The media is not ready to be published. Please wait a moment.',
  },
  '36000/2207004': {
    message: 'The image size is too large.',
    title: 'Image size too large',
    text: 'The image is too large to download. It should be less than 8 MiB.',
  },
  '36001/2207005': {
    message: 'The image format is not supported.',
    title: 'Unsupported image format',
    text: 'The image format is not supported. Supported formats are: JPEG.',
  },
  '36003/2207009': {
    message: 'The aspect ratio is not supported.',
    title: 'Unsupported aspect ratio',
    text: 'The submitted image aspect ratio cannot be published. Please submit an image with a valid aspect ratio.',
  },
  '36004/2207010': {
    message: 'The caption was too long.',
    title: 'Caption too long',
    text: 'The caption is too long. It must be at most 2,200 characters.',
  },
} satisfies Record<string, ErrorText>
