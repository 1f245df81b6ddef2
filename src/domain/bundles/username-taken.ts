import { CroftError } from '../../kernel/errors.ts'

/** The refusal where what was handed in names a username that another living profile has. */
export const usernameTaken = (): CroftError =>
  new CroftError(
    'username_taken',
    'A living profile of this platform already has the username. Deactivate that one first, or ask for another username.',
  )
