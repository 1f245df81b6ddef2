import { resolve } from 'node:path'
import type { Settings } from './settings.ts'

/** The data directory. `explicit`: a setting names it. Root's default is a folder that the database's user can reach. */
export function dataDirOf(settings: Pick<Settings, 'CROFT_DATA_DIR'>): { dataDir: string; explicit: boolean } {
  if (settings.CROFT_DATA_DIR !== null) return { dataDir: resolve(settings.CROFT_DATA_DIR), explicit: true }
  return { dataDir: process.getuid?.() === 0 ? '/var/lib/croft' : resolve('data'), explicit: false }
}
