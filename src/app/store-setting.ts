import { join } from 'node:path'
import type { LocalSetting, S3Setting } from '../media/index.ts'
import { SettingsError } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'

/** Where media is stored: a folder or a bucket. @throws SettingsError if the keys of a bucket are missing */
export function storeSetting(settings: Settings, dataDir: string, temporaryDir: string): LocalSetting | S3Setting {
  const value = settings.CROFT_MEDIA_STORE ?? join(dataDir, 'media')
  if (!value.startsWith('s3://')) return { kind: 'local', dir: value }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings
  if (accessKeyId === null || secretAccessKey === null)
    throw new SettingsError(['AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set with CROFT_MEDIA_STORE=s3://…'])
  const url = new URL(value)
  const endpoint = url.searchParams.get('endpoint')
  return {
    kind: 's3',
    bucket: url.hostname,
    prefix: url.pathname.replace(/^\//, ''),
    region: url.searchParams.get('region') ?? 'us-east-1',
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    accessKeyId,
    secretAccessKey,
    temporaryDir,
  }
}
