import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultLimits } from '../../../src/media/index.ts'
import { readName } from '../../../src/media/slideshow/names.ts'
import { judgeNumbers } from '../../../src/media/slideshow/numbers.ts'
import { codes } from '../support.ts'

const judge = (numbers: number[]) =>
  judgeNumbers(
    numbers.map((n) => ({ n, name: `slide-${n}.jpg` })),
    defaultLimits,
  )

test('names that are slides, with the extension in either case', () => {
  assert.deepEqual(readName('slide-1.jpg'), { is: 'slide', n: 1, format: 'jpeg' })
  assert.deepEqual(readName('slide-35.JPEG'), { is: 'slide', n: 35, format: 'jpeg' })
  assert.deepEqual(readName('slide-10.Avif'), { is: 'slide', n: 10, format: 'avif' })
})

test('what operating systems add is ignored, wherever it lies', () => {
  for (const name of ['__MACOSX/', '__MACOSX/._slide-1.jpg', '.DS_Store', 'a/.DS_Store', 'Thumbs.db', 'thumbs.db']) {
    assert.deepEqual(readName(name), { is: 'ignored' }, name)
  }
})

test('each refusal names the entry and says what to do', () => {
  const message = (name: string) => {
    const named = readName(name)
    return named.is === 'refused' ? named.problem.message : named.is
  }
  assert.equal(message('slide-01.jpg'), '"slide-01.jpg" has a leading zero; name it slide-1.jpg')
  assert.match(message('slide-0.jpg'), /number 0; slides count from 1/)
  assert.match(message('slides/slide-1.jpg'), /"slides\/slide-1.jpg" is in a folder/)
  assert.match(message('slides/'), /is a folder/)
  assert.match(message('../slide-1.jpg'), /is in a folder/)
  assert.match(message('/slide-1.jpg'), /is in a folder/)
  assert.match(message('slide-1.gif'), /an extension other than/)
  for (const name of [
    'Slide-1.jpg',
    'slide1.jpg',
    'slide-1',
    'slide--1.jpg',
    'slide-1.jpg.exe',
    'slide-1 .jpg',
    'slide-١.jpg',
    '',
    'notes.txt',
  ]) {
    assert.notEqual(message(name), 'slide', name)
  }
  assert.doesNotMatch(message('a\u0000b\u202Egpj.exe\n'), /[\p{Cc}\p{Cf}]/u)
})

test('property: a name is a slide exactly if it is slide-N.EXT as specified', () => {
  const name = fc.oneof(
    fc.stringMatching(/^(slide-|Slide-|a\/slide-|slide)?0?[0-9]{0,3}\.?(jpg|JPG|png|webp|avif|gif|jpeg)?$/),
    fc.string(),
  )
  fc.assert(
    fc.property(name, (text) => {
      const expected = /^slide-([1-9]\d*)\.(jpe?g|png|webp|avif)$/i.test(text) && text.startsWith('slide-')
      assert.equal(readName(text).is === 'slide', expected, text)
    }),
    { numRuns: 1000 },
  )
})

test('property: numbers are good exactly if they are 1 to N, N at most 35', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), fc.boolean(), (some, whole) => {
      const numbers = whole ? Array.from({ length: some.length }, (_, i) => i + 1) : some
      const sorted = numbers.toSorted((a, b) => a - b)
      const good = sorted.length >= 1 && sorted.length <= 35 && sorted.every((n, i) => n === i + 1)
      assert.equal(judge(numbers).length === 0, good, String(numbers))
    }),
  )
})

test('the missing numbers are named, and not all of a million', () => {
  assert.deepEqual(judge([1, 2, 4]), [
    { code: 'slide_missing', message: 'slide-3 is missing, and the last is slide-4; number the slides without gaps' },
  ])
  assert.match(judge([1, 4, 6])[0]?.message ?? '', /^slide-2, slide-3, slide-5 are missing/)
  assert.match(
    judge([1, 1_000_000])[0]?.message ?? '',
    /^slide-2, slide-3, slide-4, slide-5, slide-6 and 999993 more are missing/,
  )
  assert.deepEqual(codes(judge([])), ['slideshow_empty'])
  assert.deepEqual(codes(judge([1, 1, 2])), ['slide_duplicate'])
})
