import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Substitutes } from '../../../src/app/croft.ts'
import { testCroft, type TestAnswer, type TestCroft } from '../../support/croft.ts'
import { readReference, type Reference } from './reference.ts'

export interface Answer extends TestAnswer {
  body: Body
}

/** A JSON answer, read loosely: what it must be is held against the reference. */
export interface Body {
  [name: string]: unknown
  error: ErrorBody
  request_id: string
}

export interface ErrorBody {
  [name: string]: unknown
  code: string
  message: string
  details: { path: string; message: string }[]
}

export interface Api {
  croft: TestCroft
  reference: Reference
  /** Asks, and holds the answer against the reference. */
  ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
}

/** A Croft that carries nothing out by itself, and a client that lets no undocumented answer pass. Stopped after the test. */
export async function api(
  t: TestContext,
  options: { settings?: Record<string, string>; substitutes?: Substitutes; work?: boolean } = {},
): Promise<Api> {
  const croft = await testCroft({ work: false, ...options })
  t.after(() => croft.stop())
  const reference = await readReference(croft)
  return {
    croft,
    reference,
    async ask(method, path, body, headers) {
      const answer = (await croft.request(method, path, body, headers)) as Answer
      reference.check(method, path, answer)
      assert.ok(answer.headers.get('x-request-id'), `${method} ${path} has no X-Request-Id`)
      if (answer.status >= 400 && path !== '/readyz') assert.equal(answer.body.request_id, answer.headers.get('x-request-id'))
      return answer
    },
  }
}

/** The paths that a 422 names, sorted. */
export const named = (answer: Answer): string[] => {
  assert.equal(answer.status, 422, JSON.stringify(answer.body))
  return answer.body.error.details.map(({ path }) => path).sort()
}

/** Asserts an error's status and code. */
export function refused(answer: Answer, status: number, code: string): ErrorBody {
  assert.deepEqual({ status: answer.status, code: answer.body.error.code }, { status, code }, JSON.stringify(answer.body))
  return answer.body.error
}

/** Asserts a status, and answers the body. */
export function ok(answer: Answer, status = 200): Body {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  return answer.body
}

/** An id that nothing has. */
export const nobody = '0193a1b2-0000-7000-8000-000000000000'

/** Seed page 2's body for a profile, with what the test changes. */
export const postBody = (profileId: string, changes: object = {}): Record<string, unknown> => ({
  profile_id: profileId,
  media_type: 'video',
  media_url: 'https://media.example.com/clip.mp4?signature=secret-query',
  sound_id: '7100000000000000000',
  title: 'Rye',
  webhook_url: 'https://hooks.example.com/croft',
  ...changes,
})
