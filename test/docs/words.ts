import ts from 'typescript'

/** A way of writing that the project does not use, with what to write instead. */
export interface BannedWords {
  pattern: RegExp
  instead: string
}

/** Each pattern is narrow: it must not match sentences that are right. */
export const bannedWords: readonly BannedWords[] = [
  { pattern: /\b(?:house|rooms?|walls?)\b/gi, instead: 'architecture, folder, space' },
  { pattern: /\bliving\b/gi, instead: 'active' },
  { pattern: /\bby (?:itself|themselves)\b/gi, instead: 'automatically' },
  { pattern: /\bwhoever\b/gi, instead: 'the person who, anyone who' },
  {
    pattern: /\b(?:is|are|be|being|was|were|been|not) told\b|\btells? of\b|\btells (?:when|what|its)\b/gi,
    instead: 'reported; has, contains',
  },
  { pattern: /\b(?:is|are|was|were|be) shown\b/gi, instead: 'displayed, returned, visible' },
  { pattern: /(?<!\bthere )\b(?:is|are) none\b/gi, instead: 'does not exist; is not a' },
  { pattern: /(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b|\w+er than\b)(?:\w+)/gi, instead: 'is not a' },
  {
    pattern: /(?:^|[.;:|] )Of (?:an?|the|its) \w+|; of an? \w+/g,
    instead: 'for a',
  },
  { pattern: /\bwhere (?:no|none|nothing|nobody|somebody|there is|there are|known|not(?! exists)) /gi, instead: 'if' },
  {
    pattern:
      /\b(?:once|twice|\d+(?:,\d{3})*(?: \w+)?|(?:one|two|three) \w+|(?:requests?|posts?|rows?|times|bytes|files?|events?|jobs?|streams?|objects?|lines?|tries|quer(?:y|ies)|hits?|transactions?|statements?|folders?)) an? (?:second|minute|hour|day|week|team|profile|process|call|turn|line|row|request|host|server|route|item|kind|thing|verb|transaction|file|post|lane|channel|pixel|subject)\b(?! (?:may|can|has|have|is)\b)/gi,
    instead: 'per',
  },
  { pattern: /\bseed pages?\b|\bthe first plan\b/gi, instead: "the vendor's page; a source that a reader can open" },
  { pattern: /\bhas not the\b|\bhave not the\b/gi, instead: 'lacks the' },
  { pattern: /\bbesides?\b/gi, instead: 'next to, in addition to' },
  { pattern: /\banew\b/gi, instead: 'again' },
  { pattern: /\bmend(?:s|ed|ing)?\b/gi, instead: 'repair, fix' },
  { pattern: /\bfor ever\b/gi, instead: 'forever' },
  { pattern: /\bin silence\b|\bfell? silent\b/gi, instead: 'silently; stopped calling' },
  { pattern: /\bthat nobody (?:holds|held|has)\b/gi, instead: 'that no worker holds' },
]

/** A place where a pattern matches. */
export interface Offence {
  path: string
  text: string
  instead: string
}

/** Every match in a text. */
export const offencesIn = (path: string, text: string): Offence[] =>
  bannedWords.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      path,
      text: text
        .slice(Math.max(0, match.index - 30), match.index + match[0].length + 30)
        .replace(/\s+/g, ' ')
        .trim(),
      instead,
    })),
  )

/** The prose of a Markdown page: without code blocks and inline code. */
export const proseOfPage = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '`')

const isSql = (text: string): boolean =>
  /^\W*(?:select|insert|update|delete|with|alter|create|on conflict|from|where|and|or) /i.test(text)

/** The comments of a TypeScript file, and those of its string literals that are sentences. */
export function proseOfSource(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const comments = new Set<number>()
  const take = (ranges: ts.CommentRange[] | undefined) => {
    for (const { pos, end } of ranges ?? [])
      if (!comments.has(pos)) {
        comments.add(pos)
        found.push(
          text
            .slice(pos, end)
            .replace(/^\s*(?:\/\*\*?|\*|\/\/) ?/gm, '')
            .replace(/`[^`\n]*`/g, '`'),
        )
      }
  }
  const visit = (node: ts.Node): void => {
    take(ts.getLeadingCommentRanges(text, node.getFullStart()))
    take(ts.getTrailingCommentRanges(text, node.getEnd()))
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
      const { parent } = ts.isTemplateSpan(node.parent) ? node.parent : node
      const tagged = ts.isTaggedTemplateExpression(parent) || ts.isTaggedTemplateExpression(parent.parent)
      if (!tagged && node.text.includes(' ') && !isSql(node.text)) found.push(node.text)
    }
    node.getChildren(source).forEach(visit)
  }
  visit(source)
  return found
}
