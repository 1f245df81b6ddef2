import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actorOf, commandLine, type Caller } from '../../src/kernel/caller.ts'

test('who acts is stored as text, one for each kind of caller', () => {
  const acting = { teamId: 'team', requestId: null }
  const callers: Caller[] = [
    { ...acting, kind: 'team_key', keyId: '7', scope: 'read' },
    { ...acting, kind: 'manager_key', manager: { id: '8', name: 'Ana', teamIds: [] }, scope: 'work' },
    commandLine('team'),
    { ...acting, kind: 'croft' },
  ]
  // The same texts as in the description of `actor` in GET /v1/audit, and in rows of earlier versions.
  assert.deepEqual(callers.map(actorOf), ['api_key:7', 'manager:8', 'command line', 'croft'])
})
