import { CroftError } from '../../kernel/errors.ts'

/** The refusal if the submission has a username that another active profile uses. */
export const usernameTaken = (): CroftError =>
  new CroftError(
    'username_taken',
    'An active profile of this platform already has the username. Deactivate that one first, or ask for another username.',
  )
