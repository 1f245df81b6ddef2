import type { Rule } from 'eslint'
import { isSafe } from 'redos-detector'

/** How often a pattern may backtrack at worst. Plain patterns score below 10; a bad one has no limit. */
const maxScore = 100

/**
 * Refuses a regular expression that can match one text in ever more ways as the text grows.
 * `regexp/no-super-linear-backtracking` sees loops over single characters alone, not one such as `(?:<!--.*?-->)*`.
 */
export const linearRegexp: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { slow: 'This pattern can backtrack without limit, and hold the process. Use plain string methods.' },
  },
  create: (context) => ({
    Literal(node) {
      if (!('regex' in node) || !(node.value instanceof RegExp)) return
      if (!isSafe(node.value, { maxScore }).safe) context.report({ node, messageId: 'slow' })
    },
  }),
}
