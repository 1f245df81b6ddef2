import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { promisify } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { filled, marksIn, pages, regions } from '../../docs/generate.ts'
import { settings } from '../../src/config/settings.ts'
import { lifecycle } from '../../src/domain/profiles/lifecycle.ts'
import { postLifecycle } from '../../src/domain/posts/lifecycle.ts'
import { bundleLifecycle, partLifecycle } from '../../src/domain/bundles/lifecycle.ts'
import { editRequestLifecycle } from '../../src/domain/edit-requests/lifecycle.ts'
import { activeWorkStatuses } from '../../src/people/queue.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

interface Page {
  path: string
  text: string
}

const read = async (path: string): Promise<Page> => ({ path, text: await readFile(join(root, path), 'utf8') })
const filesIn = async (folder: string, extension: string): Promise<string[]> =>
  (await readdir(join(root, folder), { recursive: true }))
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name))
const paths = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...(await filesIn('docs', '.md'))]
const all = await Promise.all(paths.map(read))
const readme = await read('README.md')

/** Every match in every page, as `page: match`, for which `wrong` holds. */
function offences(pattern: RegExp, wrong: (match: RegExpExecArray, page: Page) => boolean = () => true): string[] {
  return all.flatMap((page) =>
    [...page.text.matchAll(pattern)].filter((match) => wrong(match, page)).map((match) => `${page.path}: ${match[0]}`),
  )
}

test('the generated parts are what the code says', async () => {
  for (const name of pages) {
    const { text } = await read(`docs/${name}`)
    assert.ok(text === filled(text), `docs/${name} is out of date: run node docs/generate.ts`)
  }
})

test('every generated part has its place in a page', async () => {
  const placed = (await Promise.all(pages.map((name) => read(`docs/${name}`)))).flatMap(({ text }) => marksIn(text))
  assert.deepEqual(placed.toSorted(), Object.keys(regions).toSorted())
})

test('the README prints the two lines', () => {
  for (const line of ['npm ci && npm run demo', 'npm ci && npm test']) assert.ok(readme.text.split('\n').includes(line), line)
  assert.ok(readme.text.split('\n').length <= 151, 'the README is short')
})

/** The anchor of a heading, as code hosts make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsIn = (text: string): Set<string> =>
  new Set([...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? '')))

test('relative links lead to a page and a heading', () => {
  const broken = offences(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g, ([, target = '', anchor], page) => {
    const path = target === '' ? page.path : join(dirname(page.path), target)
    if (!existsSync(join(root, path))) return true
    const there = all.find((one) => one.path === path)
    return anchor !== undefined && !(there && anchorsIn(there.text).has(anchor))
  })
  assert.deepEqual(broken, [])
})

test('paths of the project that a page names are there', () => {
  const broken = offences(/(?<![\w/.])(?:src|test|docs|examples)\/[\w./-]*\w\/?/g, ([path]) => !existsSync(join(root, path)))
  assert.deepEqual(broken, [])
})

test('npm scripts that a page names are in the manifest', () => {
  const known = new Set(['ci', 'install', 'test', 'start', ...Object.keys(manifest.scripts)])
  const named = /npm (?:run )?(?:--silent )?(?:--\S+ )?([a-z][a-z:-]*)(?= |`|$)/gm
  const wrong = offences(named, ([line, name = '']) => /^npm (run|ci|test|start)/.test(line) && !known.has(name))
  assert.deepEqual(wrong, [])
})

interface Command {
  help: string
  inner: ReadonlyMap<string, Command>
}

/** A command of `croft --help` with all below it. */
async function commandTree(...path: string[]): Promise<Command> {
  const env = { PATH: process.env['PATH'], COLUMNS: '400' }
  const { stdout: help } = await run(process.execPath, ['bin/croft.js', ...path, '--help'], { cwd: root, env })
  const names = [...(help.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1] ?? '')
  const own = names.filter((name) => name !== 'help')
  const inner = await Promise.all(own.map(async (name) => [name, await commandTree(...path, name)] as const))
  return { help, inner: new Map(inner) }
}

/** Whether the words are a command, to its last, and the options behind them its own. */
function isKnown(tree: Command, words: readonly string[]): boolean {
  let at = tree
  for (const word of words) {
    if (word.startsWith('--')) {
      if (!at.help.includes(word)) return false
    } else if (at.inner.size > 0) {
      const next = at.inner.get(word)
      if (!next) return false
      at = next
    }
  }
  return at.inner.size === 0
}

test('commands and options that a page names are known', async () => {
  const tree = await commandTree()
  const wrong = offences(/(?:^|`|\()(?:npm run --silent croft -- |croft )([a-z][^`)|\n]*)/gm, ([, command = '']) => {
    const words = command.split(/\s+/).filter((word) => /^(--)?[a-z-]+$/.test(word))
    return !isKnown(tree, words)
  })
  assert.deepEqual(wrong, [])
})

test('settings that the code or a page names are settings', async () => {
  const sources = await Promise.all((await filesIn('src', '.ts')).map(read))
  const made = ['CROFT_FOO']
  const wrong = [...sources, ...all].flatMap(({ path, text }) =>
    [...text.matchAll(/\bCROFT_[A-Z_]*[A-Z]\b/g)]
      .filter(([name]) => !(name in settings) && !made.includes(name))
      .map(([name]) => `${path}: ${name}`),
  )
  assert.deepEqual(wrong, [])
  const readers = sources.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ path }) => path)
  assert.deepEqual(readers, ['src/config/env.ts'])
})

test('statuses that a page sets down are in the lifecycles', () => {
  const lifecycles = [lifecycle, postLifecycle, bundleLifecycle, partLifecycle, editRequestLifecycle]
  const moves = lifecycles.flatMap((one) => Object.values<{ from: readonly string[]; to: string }>(one))
  const known = new Set<string>(moves.flatMap(({ from, to }) => [...from, to]))
  const wrong = offences(/`([a-z_]+) → ([a-z_]+)`/g, ([, from = '', to = '']) => ![from, to].every((one) => known.has(one)))
  assert.deepEqual(wrong, [])
})

test('the table of item statuses names the active statuses and no others', async () => {
  const { text } = await read('docs/work.md')
  const rows = /^## Item statuses$([\s\S]*?)^## /m.exec(text)?.[1] ?? ''
  const from = [...rows.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) => cell.match(/(?<=`)[a-z]+(?=`)/g) ?? [])
  assert.deepEqual([...new Set(from)].toSorted(), activeWorkStatuses.toSorted())
})

test('the pages speak of the project alone', () => {
  const forbidden = [
    /(?<![\w.])\/(?:work|root|home|Users|mnt)\/\S*/g,
    /(?<!kernel\/)\bregistry\.\w+|\bnpmjs\b|\bpypi\b|\bcrates\.io\b|\bproxy\.golang\b/gi,
    /\bissues? #?\d+|(?<![\w&])#\d+\b/gi,
    /\bTODO\b|\bFIXME\b|\bXXX\b/g,
  ]
  assert.deepEqual(
    forbidden.flatMap((pattern) => offences(pattern)),
    [],
  )
})

test('no page has a line that ends in spaces, and each has one title', () => {
  for (const { path, text } of all) {
    assert.ok(!/[ \t]$/m.test(text), `${path} has a line that ends in a space`)
    assert.equal([...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^# /gm)].length, 1, `${path} has one title`)
  }
})
