import { createHmac } from 'node:crypto'
import { loopbackRequest, loopbackUrl, type OriginMap } from '../../common/media.ts'

/**
 * Meta's `signed_request`: the base64url signature (HMAC-SHA256 with the app's secret over the encoded payload), a dot,
 * and the base64url payload.
 */
export function signRequest(payload: object, secret: string): string {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
  const signature = createHmac('sha256', secret).update(encoded).digest('base64url')
  return `${signature}.${encoded}`
}

/** What a callback of the app answered. */
export interface CallbackReply {
  status: number
  body: string
}

/** Posts a `signed_request` to a callback of the app, on loopback alone. */
export async function postSignedRequest(url: string, signedRequest: string, origins: OriginMap): Promise<CallbackReply> {
  const response = await loopbackRequest(loopbackUrl(url, origins), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ signed_request: signedRequest }).toString(),
  })
  const parts: Buffer[] = []
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part)
  return { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }
}
