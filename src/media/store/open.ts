import { openLocalStore } from './local.ts'
import { openS3Store } from './s3.ts'
import type { LocalSetting, S3Setting, Store } from './types.ts'

/** Opens a store; a local one's folder is made where it is missing. */
export function openStore(setting: LocalSetting | S3Setting): Promise<Store> {
  return setting.kind === 'local' ? openLocalStore(setting) : openS3Store(setting)
}
