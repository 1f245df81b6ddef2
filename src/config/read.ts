import { settings, type Setting, type SettingName, type Settings } from './settings.ts'

/** Everything that is wrong with the settings, one line each. */
export class SettingsError extends Error {
  readonly problems: string[]
  constructor(problems: string[]) {
    super(`Croft cannot start with these settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * Reads every setting; an empty one counts as unset.
 * @throws SettingsError that names every invalid setting, and every `CROFT_…` variable that is not a setting
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const values: Partial<Record<SettingName, unknown>> = {}
  const problems: string[] = []
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting<unknown>][]) {
    const text = environment[name] || setting.default
    const parsed = text === null ? { value: null } : setting.parse(text)
    if ('problem' in parsed) problems.push(`${name} ${parsed.problem}`)
    else values[name] = parsed.value
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('CROFT_') && !(name in settings)) problems.push(`${name} is not a setting; docs/settings.md lists them`)
  }
  const read = values as Settings
  if (read.CROFT_ROLE === 'api' || read.CROFT_ROLE === 'worker') {
    for (const name of ['DATABASE_URL', 'CROFT_SECRET_KEY', 'CROFT_MEDIA_STORE', 'CROFT_PUBLIC_URL'] as const) {
      if (read[name] == null && !problems.some((problem) => problem.startsWith(name)))
        problems.push(`${name} must be set with CROFT_ROLE=${read.CROFT_ROLE}, since all processes share it`)
    }
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return read
}
