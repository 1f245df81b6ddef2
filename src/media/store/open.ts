import { openLocalStore } from './local.ts'
import type { LocalSetting, S3Setting, Store } from './types.ts'

/** Opens a store; creates the folder of a local one if it is missing. */
export async function openStore(setting: LocalSetting | S3Setting): Promise<Store> {
  if (setting.kind === 'local') return openLocalStore(setting)
  // Imported when used: the SDK takes 8 MB and a tenth of the start time.
  return (await import('./s3.ts')).openS3Store(setting)
}
