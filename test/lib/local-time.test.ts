import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, isTimeZone } from '../../src/lib/local-time.ts'

const at = (local: string, zone: string) => new Date(instantOf(Date.parse(`${local}:00Z`), zone)).toISOString()

for (const [what, local, zone, instant] of [
  ['UTC', '2027-06-01T12:00', 'UTC', '2027-06-01T12:00:00.000Z'],
  ['winter', '2027-01-15T09:30', 'America/New_York', '2027-01-15T14:30:00.000Z'],
  ['summer', '2027-07-15T09:30', 'America/New_York', '2027-07-15T13:30:00.000Z'],
  ['the last minute before a gap', '2027-03-14T01:59', 'America/New_York', '2027-03-14T06:59:00.000Z'],
  ['in a gap: later by its length', '2027-03-14T02:30', 'America/New_York', '2027-03-14T07:30:00.000Z'],
  ['the first minute after a gap', '2027-03-14T03:00', 'America/New_York', '2027-03-14T07:00:00.000Z'],
  ['in an overlap: the first', '2027-11-07T01:30', 'America/New_York', '2027-11-07T05:30:00.000Z'],
  ['after an overlap', '2027-11-07T02:00', 'America/New_York', '2027-11-07T07:00:00.000Z'],
  ['an overlap of half an hour', '2027-04-04T01:45', 'Australia/Lord_Howe', '2027-04-03T14:45:00.000Z'],
  ['a gap east of Greenwich', '2027-03-28T02:30', 'Europe/Paris', '2027-03-28T01:30:00.000Z'],
  ['an overlap east of Greenwich', '2027-10-31T02:30', 'Europe/Paris', '2027-10-31T00:30:00.000Z'],
  ['an offset of 5:45', '2027-01-01T00:00', 'Asia/Kathmandu', '2026-12-31T18:15:00.000Z'],
  ['no daylight saving', '2027-07-01T08:00', 'Pacific/Honolulu', '2027-07-01T18:00:00.000Z'],
] as const) {
  test(`${what}: ${local} in ${zone}`, () => assert.equal(at(local, zone), instant))
}

test('names of zones', () => {
  for (const zone of ['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5']) assert.ok(isTimeZone(zone), zone)
  for (const zone of ['', 'Paris', 'Europe/Nowhere', '+01:00', 'Europe/Paris ', 'x'.repeat(100)])
    assert.ok(!isTimeZone(zone), zone)
})
