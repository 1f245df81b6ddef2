import { openLocalStore } from './local.ts'
import type { LocalSetting, S3Setting, Store } from './types.ts'

/** Opens a store; a local one's folder is made where it is missing. */
export async function openStore(setting: LocalSetting | S3Setting): Promise<Store> {
  if (setting.kind === 'local') return openLocalStore(setting)
  // Imported where it is used: the SDK takes 8 MB and a tenth of a start.
  return (await import('./s3.ts')).openS3Store(setting)
}
