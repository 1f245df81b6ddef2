import { Command, Option } from 'commander'
import { SettingsError } from '../config/read.ts'
import { EmbeddedDatabaseError } from '../db/embedded/index.ts'
import { SchemaTooNewError } from '../db/migrate.ts'
import { DatabaseServerError } from '../db/require-server.ts'
import { version } from '../config/version.ts'
import { creditAmount } from './commands/credit-amount.ts'
import { CommandError } from './commands/error.ts'
import { CroftError } from '../kernel/errors.ts'
import { OtherSecretKeyError } from '../kernel/secret-box.ts'

/** Loads a command's own code when the command is given. */
const command =
  <Args extends unknown[]>(load: () => Promise<(...args: Args) => Promise<void>>) =>
  async (...args: Args): Promise<void> =>
    (await load())(...args)

const program = new Command('croft').description('A self-hosted control plane for a fleet of social profiles.').version(version)

program
  .command('serve')
  .description('start the server')
  .action(command(async () => (await import('./commands/serve.ts')).serve))
program
  .command('demo')
  .description('set a profile up, warm it up and post a video and a slideshow from it, in the sandbox')
  .option('--once', 'end when both are out, with a failure where one is not')
  .option('--video <path>', 'an MP4 in the place of the sample')
  .option('--slides <path>', 'a zip in the place of the sample')
  .action(command(async () => (await import('./demo/index.ts')).demo))
program
  .command('migrate')
  .description('bring the database’s schema up to date')
  .action(command(async () => (await import('./commands/migrate.ts')).migrateCommand))
program
  .command('doctor')
  .description('check the settings and everything the server stands on')
  .action(command(async () => (await import('./commands/doctor.ts')).doctor))

const keys = program.command('keys').description('create, list and revoke API keys')
keys
  .command('create')
  .description('create a key; prints it alone on the last line')
  .requiredOption('--team <name>', 'the team')
  .option('--create-team', 'create the team if it does not exist')
  .addOption(new Option('--scope <scope>', 'what the key may do').choices(['read', 'write']).default('write'))
  .option('--name <label>', 'a label to know the key by')
  .action(command(async () => (await import('./commands/keys.ts')).createKeyCommand))
keys
  .command('list')
  .description('list a team’s keys')
  .requiredOption('--team <name>', 'the team')
  .action(command(async () => (await import('./commands/keys.ts')).listKeysCommand))
keys
  .command('revoke')
  .description('revoke a key, at once')
  .argument('<id>', 'the key’s id, as keys list prints it')
  .requiredOption('--team <name>', 'the team')
  .action(command(async () => (await import('./commands/keys.ts')).revokeKeyCommand))

const teams = program.command('teams').description('make, list and erase teams')
teams
  .command('create')
  .description('make a team')
  .argument('<name>', 'its name')
  .action(command(async () => (await import('./commands/teams.ts')).createTeamCommand))
teams
  .command('list')
  .description('list all teams: id, time of creation, name')
  .action(command(async () => (await import('./commands/teams.ts')).listTeamsCommand))
teams
  .command('erase')
  .description('erase a team and everything that belongs to it for good; the ledger and a minimal audit stay')
  .requiredOption('--team <name>', 'the team')
  .option('--yes', 'do it; without it nothing is changed')
  .action(command(async () => (await import('./commands/teams-erase.ts')).eraseTeamCommand))

program
  .command('credits')
  .description('credits, which pay for managed work')
  .command('grant')
  .description('add credits to a team’s balance')
  .requiredOption('--team <name>', 'the team')
  .requiredOption('--amount <credits>', 'how many', creditAmount)
  .action(command(async () => (await import('./commands/credits.ts')).grantCreditsCommand))

const managers = program.command('managers').description('the people who carry work out')
managers
  .command('add')
  .description(
    'let a person carry work out for a team, in addition to the teams they already work for; prints a new key for them alone on the last line',
  )
  .requiredOption('--team <name>', 'the team')
  .requiredOption('--name <person>', 'who it is; one name is one person on the whole server')
  .action(command(async () => (await import('./commands/managers.ts')).addManagerCommand))
managers
  .command('deactivate')
  .description('end a person’s work for every team, at once: the keys are void, and what is held goes back')
  .requiredOption('--name <person>', 'who it is')
  .action(command(async () => (await import('./commands/managers.ts')).deactivateManagerCommand))

program
  .command('webhooks')
  .description('webhook secrets')
  .command('secret')
  .description('print the secret that signs a team’s webhooks')
  .requiredOption('--team <name>', 'the team')
  .option('--rotate', 'make a new one; the old one goes on signing for 24 hours')
  .action(command(async () => (await import('./commands/webhooks.ts')).webhookSecretCommand))

/** Problems that a person can fix are printed as one sentence; anything else keeps its stack. */
const plain = [
  OtherSecretKeyError,
  CommandError,
  CroftError,
  SettingsError,
  EmbeddedDatabaseError,
  DatabaseServerError,
  SchemaTooNewError,
]

// A reader that goes away, as in `croft keys list | head -1`, is not a fault of the command.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  await program.parseAsync()
} catch (error) {
  const expected =
    plain.some((kind) => error instanceof kind) || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
  console.error(expected && error instanceof Error ? error.message : error)
  process.exitCode = 1
}
