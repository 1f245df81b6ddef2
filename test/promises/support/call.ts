import type { TestAnswer, TestCroft } from '../../support/croft.ts'
import { example, pathWith, type Operation } from './openapi.ts'
import type { Recipe } from './world.ts'

/** Calls a route as its recipe says; an upload with a small file. */
export async function call(
  croft: TestCroft,
  one: Operation,
  recipe: Recipe,
  headers: Record<string, string>,
): Promise<TestAnswer & { text: string }> {
  const form = () => {
    const body = new FormData()
    body.set('file', new Blob([recipe.file ? Uint8Array.from(recipe.file) : 'a small file']), 'a.bin')
    return body
  }
  const json = one.body ? JSON.stringify(example(one.body, recipe.body)) : null
  const response = await fetch(croft.address + pathWith(one.path, recipe.params), {
    method: one.method,
    headers: { ...(json === null ? {} : { 'content-type': 'application/json' }), ...headers },
    body: one.multipart ? form() : json,
    redirect: 'manual',
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as unknown) : text }
}
