import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Linter } from 'eslint'
import { linearRegexp } from '../../lint/linear-regexp.ts'

const faults = (code: string) =>
  new Linter().verify(code, [
    { plugins: { croft: { rules: { 'linear-regexp': linearRegexp } } }, rules: { 'croft/linear-regexp': 'error' } },
  ])

test('npm run check refuses a pattern that backtracks without limit', () => {
  const code = String.raw`export const found = looksFor(/^(<!--.*?-->\s*)*<html/is)`
  assert.deepEqual(
    faults(code).map(({ ruleId }) => ruleId),
    ['croft/linear-regexp'],
  )
})

test('and leaves a plain one alone', () => {
  assert.deepEqual(faults(String.raw`export const range = /^bytes (\d+)-(\d+)\/(\d+)$/`), [])
})
