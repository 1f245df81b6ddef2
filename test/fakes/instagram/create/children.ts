import { statusOf } from '../containers/status.ts'
import { invalid, refuse } from '../errors.ts'
import { limits } from '../limits.ts'
import { listOf, required, type Parameters } from '../parameters.ts'
import type { Account, Container, State } from '../state.ts'

/**
 * The containers that a carousel is made of.
 * Refuses a count outside of 2 to 10 (100/2207028), and children that are not finished items of the same account.
 */
export function childrenOf(state: State, account: Account, sent: Parameters): Container[] {
  const ids = listOf(required(sent, 'children'))
  if (ids.length < limits.childrenLeast || ids.length > limits.childrenMost) refuse('100/2207028')
  if (new Set(ids).size !== ids.length) invalid('Param children has the same container twice')
  return ids.map((id) => childOf(state, account, id))
}

function childOf(state: State, account: Account, id: unknown): Container {
  const child = typeof id === 'string' ? state.containers.get(id) : undefined
  if (child?.igId !== account.igId) return refuse('24/2207006')
  if (child.kind !== 'item') return invalid(`The container ${child.id} was not created with is_carousel_item`)
  switch (statusOf(state, child)) {
    case 'FINISHED':
      return child
    case 'IN_PROGRESS':
      return refuse('9007/2207027')
    case 'EXPIRED':
      return refuse('-2/2207020')
    case 'ERROR':
    case 'PUBLISHED':
      return refuse('24/2207008')
  }
}
