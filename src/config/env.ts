import { readSettings } from './read.ts'
import type { Settings } from './settings.ts'

/**
 * The settings of this process. Nothing else reads the environment.
 * @param over values that a command sets, as the demo does
 * @throws SettingsError
 */
export const environmentSettings = (over: Readonly<Record<string, string | undefined>> = {}): Settings =>
  readSettings({ ...process.env, ...over })
