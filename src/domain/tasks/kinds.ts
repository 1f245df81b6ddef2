import type { TaskKind } from '../../db/schema.ts'
import { edit } from './edit.ts'
import type { Kind } from '../../engine/tasks/kind.ts'
import { publish } from './publish.ts'
import { setup } from './set-up.ts'
import { warmup } from './warm-up.ts'

const kinds = { setup, warmup, profile_edit: edit, publish } as const

/** What the task's kind means. Each kind settles only what it performed itself, so its own type need not show here. */
export const kindOf = (task: { kind: TaskKind }): Kind<unknown> => kinds[task.kind]
