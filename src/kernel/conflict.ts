import pg from 'pg'
import { isRolledBack } from '../db/rolled-back.ts'
import { CroftError } from './errors.ts'

/** Whether Postgres refused a row because another row has its place in the named unique index. */
export const isUniqueViolation = (error: unknown, index: string): boolean =>
  error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === index

/** Whether Postgres rolled the transaction back because of a deadlock. */
export const isDeadlock = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '40P01'

/** Whether the transaction that met this error has surely left nothing behind: not so if the connection was lost. */
export const isUndone = (error: unknown): boolean => error instanceof CroftError || isRolledBack(error)
