import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { filled, marksIn } from '../../docs/generate.ts'
import { ruleHead, ruleRows } from '../../docs/platform-rules.ts'
import { platforms } from '../../src/platforms/index.ts'

test('docs/platform-rules.md is what the rules say: node docs/generate.ts writes it anew', async () => {
  const page = await readFile(new URL('../../docs/platform-rules.md', import.meta.url), 'utf8')
  assert.deepEqual(marksIn(page), ['rules-tiktok', 'rules-instagram'])
  assert.equal(page, filled(page))
})

test('every rule has a unit, a source and the day on which it was read', () => {
  for (const platform of ['tiktok', 'instagram'] as const) {
    const rows = ruleRows(platform)
    assert.ok(rows.length >= 9)
    for (const row of rows) {
      assert.equal(row.length, ruleHead.length)
      assert.ok(
        row.every((cell) => cell !== ''),
        row.join(' | '),
      )
      assert.match(row.at(-1) ?? '', /^\d{4}-\d\d-\d\d$/)
    }
  }
})

test('usernames by each platform’s rule', () => {
  const fits = (platform: 'tiktok' | 'instagram', name: string) => platforms[platform].username.form.value.test(name)
  for (const name of ['ab', 'a.b_9', `a${'b'.repeat(23)}`, '.a']) assert.ok(fits('tiktok', name), name)
  for (const name of ['a', 'ab.', `a${'b'.repeat(24)}`, 'a b', 'é1', 'ab\n', '']) assert.ok(!fits('tiktok', name), name)
  for (const name of ['a', 'a.b', 'b'.repeat(30)]) assert.ok(fits('instagram', name), name)
  for (const name of ['.a', 'a.', 'a..b', 'b'.repeat(31), 'ü', 'a\n', '']) assert.ok(!fits('instagram', name), name)
})
