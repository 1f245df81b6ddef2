import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routed } from '../../../src/api/http/urls.ts'

test('a URL is routed by the name of the routes, and as it stands if a segment cannot be decoded', () => {
  const cases = {
    '/v1/farm_profiles': '/v1/farm-profiles',
    '/v1/farm_profiles?limit=1': '/v1/farm-profiles?limit=1',
    '/v1/farm_profiles/1/pacing': '/v1/farm-profiles/1/pacing',
    '/v1/farm%5Fprofiles/1': '/v1/farm-profiles/1',
    '/v1/farm_profiles2': '/v1/farm_profiles2',
    '/v1/farm-profiles/%ff': '/v1/farm-profiles/%ff',
    '/v1/posts?next=/v1/farm_profiles': '/v1/posts?next=/v1/farm_profiles',
    '/v1/accounts/%ff?a=%ff': '/v1/accounts/%25ff?a=%ff',
    '/api/ext/bundles/%C3%A9/%e0': '/api/ext/bundles/%C3%A9/%25e0',
  }
  assert.deepEqual(Object.keys(cases).map(routed), Object.values(cases))
})
