import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { offencesIn, proseOfPage, proseOfSource } from './words.ts'

const root = join(import.meta.dirname, '../..')

/** Where words that are out may stand for now, and why. */
const allowed: readonly { path: RegExp; reason: string }[] = [
  { path: /^CHANGELOG\.md$/, reason: 'entries of released versions stay as they were' },
]

const filesIn = async (folder: string, extension: string): Promise<string[]> =>
  (await readdir(join(root, folder), { recursive: true }))
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name))

test('pages, comments, messages and descriptions use the words of the project', async () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...(await filesIn('docs', '.md'))]
  const sources = await filesIn('src', '.ts')
  const offences = await Promise.all(
    [...pages, ...sources]
      .filter((path) => !allowed.some((one) => one.path.test(path)))
      .map(async (path) => {
        const text = await readFile(join(root, path), 'utf8')
        const prose = path.endsWith('.md') ? [proseOfPage(text)] : proseOfSource(path, text)
        return prose.flatMap((one) => offencesIn(path, one))
      }),
  )
  assert.deepEqual(
    offences.flat().map(({ path, text, instead }) => `${path}: "${text}": write ${instead}`),
    [],
  )
})

test('the patterns find what is out, and leave what is right', () => {
  const out = [
    'one row a request',
    'looks twice a second',
    'It is tried again by itself.',
    'a living profile',
    'Ask whoever runs the server.',
    'Of a draft: null.',
    'an id that is none',
    'The text is no URL.',
    'kept for ever',
    'told of events, or is told nothing',
    'where no worker runs',
    'seed page 3',
    'The key has not the scope write.',
    'the house and its rooms',
  ]
  const right = [
    'one row per request',
    'gives a team its key',
    'How many posts a profile may publish per day',
    'There is no server named so.',
    'it is no longer there',
    'the folder where media is stored',
    'version 15, or a server of your own',
    'Tell the team what happened.',
    'the size of a file',
  ]
  assert.deepEqual(
    out.filter((text) => offencesIn('', text).length === 0),
    [],
  )
  assert.deepEqual(
    right.filter((text) => offencesIn('', text).length > 0),
    [],
  )
})
