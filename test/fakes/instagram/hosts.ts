import type { Call } from '../common/calls.ts'
import type { Login } from './state.ts'

/** Meta's hosts are one server here: each is the first part of the path, as in `{address}/graph.instagram.com/v26.0/me`. */
export const hosts = {
  www: 'www.instagram.com',
  api: 'api.instagram.com',
  graph: 'graph.instagram.com',
  facebookGraph: 'graph.facebook.com',
  upload: 'rupload.facebook.com',
  cdn: 'scontent.cdninstagram.com',
} as const

/** The address that stands for each host: what a client sets instead of `https://{host}`. */
export const basesOf = (address: string): Record<keyof typeof hosts, string> => ({
  www: `${address}/${hosts.www}`,
  api: `${address}/${hosts.api}`,
  graph: `${address}/${hosts.graph}`,
  facebookGraph: `${address}/${hosts.facebookGraph}`,
  upload: `${address}/${hosts.upload}`,
  cdn: `${address}/${hosts.cdn}`,
})

/** Which login's tokens the host of a call takes. */
export const hostLogin = ({ url }: Call): Login =>
  url.pathname.startsWith(`/${hosts.facebookGraph}/`) || url.pathname.startsWith(`/${hosts.upload}/`) ? 'facebook' : 'instagram'
