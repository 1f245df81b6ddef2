import type { Reply } from '../common/calls.ts'
import type { Fault } from '../common/faults.ts'
import { escapeHtml, htmlReply } from '../common/html.ts'
import { errorReply, flatErrorReply } from './errors.ts'
import { uploadErrorReply } from './media/upload.ts'
import type { Endpoint } from './routes.ts'

/**
 * The reply for a fault, in the shape of the endpoint that it is switched on for. For the Graph API, `code` is a key of
 * the error table, such as '9007/2207027'; without one it follows from the status.
 * For `rupload`, `code` is the type in `debug_info`, and a status of 500 or more is retriable.
 */
export function shapeFault(endpoint: Endpoint, { status, code, message, headers }: Fault): Reply {
  switch (endpoint) {
    case 'authorize':
    case 'authorize/decide':
    case 'page':
    case 'picture':
      return htmlReply('Sorry, something went wrong', `<p>${escapeHtml(message ?? '')}</p>`, status ?? 500)
    case 'oauth/access_token':
      return flatErrorReply(message ?? String(code ?? 'An error occurred'), status ?? 400)
    case 'rupload':
      return uploadErrorReply({
        type: String(code ?? 'ProcessingFailedError'),
        message: message ?? 'Request processing failed',
        retriable: (status ?? 400) >= 500,
        status: status ?? 400,
      })
    default:
      return errorReply(String(code ?? codeFor(status ?? 500)), { status, message, headers })
  }
}

function codeFor(status: number): string {
  if (status >= 500) return '2'
  return { 401: '190', 403: '10', 429: '4' }[status] ?? '100'
}
