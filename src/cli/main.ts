import { Command, Option } from 'commander'
import { SettingsError } from '../config/read.ts'
import { EmbeddedDatabaseError } from '../db/embedded/index.ts'
import { SchemaTooNewError } from '../db/migrate.ts'
import { DatabaseServerError } from '../db/require-server.ts'
import { version } from '../config/version.ts'
import { creditAmount, grantCreditsCommand } from './commands/credits.ts'
import { createKeyCommand, listKeysCommand, revokeKeyCommand } from './commands/keys.ts'
import { doctor } from './commands/doctor.ts'
import { demo } from './demo/index.ts'
import { addManagerCommand, deactivateManagerCommand } from './commands/managers.ts'
import { migrateCommand } from './commands/migrate.ts'
import { serve } from './commands/serve.ts'
import { createTeamCommand, listTeamsCommand } from './commands/teams.ts'
import { eraseTeamCommand } from './commands/teams-erase.ts'
import { webhookSecretCommand } from './commands/webhooks.ts'
import { CommandError } from './commands/with-croft.ts'
import { CroftError } from '../kernel/errors.ts'
import { OtherSecretKeyError } from '../kernel/secret-box.ts'

const program = new Command('croft').description('A self-hosted control plane for a fleet of social profiles.').version(version)

program.command('serve').description('start the server').action(serve)
program
  .command('demo')
  .description('set a profile up, warm it up, and publish a video and a slideshow on it, in the sandbox')
  .option('--once', 'exit when both are published, with a failure if one is not')
  .option('--video <path>', 'an MP4 instead of the sample')
  .option('--slides <path>', 'a zip instead of the sample')
  .action(demo)
program.command('migrate').description('update the database’s schema').action(migrateCommand)
program.command('doctor').description('check the settings and everything the server depends on').action(doctor)

const keys = program.command('keys').description('create, list and revoke API keys')
keys
  .command('create')
  .description('create a key; prints it alone on the last line')
  .requiredOption('--team <name>', 'the team')
  .option('--create-team', 'create the team if it does not exist')
  .addOption(new Option('--scope <scope>', 'what the key may do').choices(['read', 'write']).default('write'))
  .option('--name <label>', 'a label for the key')
  .action(createKeyCommand)
keys.command('list').description('list a team’s keys').requiredOption('--team <name>', 'the team').action(listKeysCommand)
keys
  .command('revoke')
  .description('revoke a key, at once')
  .argument('<id>', 'the key’s id, as keys list prints it')
  .requiredOption('--team <name>', 'the team')
  .action(revokeKeyCommand)

const teams = program.command('teams').description('create, list and erase teams')
teams.command('create').description('create a team').argument('<name>', 'its name').action(createTeamCommand)
teams.command('list').description('list all teams: id, time of creation, name').action(listTeamsCommand)
teams
  .command('erase')
  .description('erase a team and everything that belongs to it for good; the ledger and a minimal audit stay')
  .requiredOption('--team <name>', 'the team')
  .option('--yes', 'do it; without this option nothing is changed')
  .action(eraseTeamCommand)

program
  .command('credits')
  .description('credits, which pay for managed work')
  .command('grant')
  .description('add credits to a team’s balance')
  .requiredOption('--team <name>', 'the team')
  .requiredOption('--amount <credits>', 'how many', creditAmount)
  .action(grantCreditsCommand)

const managers = program.command('managers').description('the people who carry work out')
managers
  .command('add')
  .description(
    'let a person carry work out for a team, in addition to the teams they already work for; prints a new key for them alone on the last line',
  )
  .requiredOption('--team <name>', 'the team')
  .requiredOption('--name <person>', 'the person’s name; a name is one person on the whole server')
  .action(addManagerCommand)
managers
  .command('deactivate')
  .description('end a person’s work for every team, at once: the keys are revoked, and the work they hold goes back to the queue')
  .requiredOption('--name <person>', 'the person’s name')
  .action(deactivateManagerCommand)

program
  .command('webhooks')
  .description('webhook secrets')
  .command('secret')
  .description('print the secret that signs a team’s webhooks')
  .requiredOption('--team <name>', 'the team')
  .option('--rotate', 'create a new one; the old one signs for another 24 hours')
  .action(webhookSecretCommand)

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
