import { access, constants, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { environmentSettings } from '../../config/env.ts'
import { createCroft } from '../../app/croft.ts'
import { reachableTemporaryDir } from '../../db/embedded/index.ts'
import { CommandError } from '../commands/error.ts'
import { demoClient } from './client.ts'
import { playDemo } from './play.ts'
import { startReceiver } from './receiver.ts'

export interface DemoOptions {
  once?: boolean
  video?: string
  slides?: string
}

const sample = (name: string): string => new URL(`../../../examples/${name}`, import.meta.url).pathname

async function readable(path: string): Promise<string> {
  const full = resolve(path)
  await access(full, constants.R_OK).catch(() => {
    throw new CommandError(`${full} cannot be read. Give the path of a file.`)
  })
  return full
}

/** Resolves at SIGINT or SIGTERM. */
const interrupted = () =>
  new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => done())
  })

/**
 * `croft demo`: a new data directory, a team, a profile with a shortened warm-up, then a video and a slideshow, in the
 * sandbox, using only the API. Keeps serving until Ctrl-C; with `once` it exits when both are published.
 * @throws CommandError with the reason if one is not published
 */
export async function demo(options: DemoOptions): Promise<void> {
  const files = {
    video: await readable(options.video ?? sample('sample.mp4')),
    slides: await readable(options.slides ?? sample('sample-slides.zip')),
  }
  const stopAsked = interrupted()
  const dataDir = await reachableTemporaryDir('croft-demo-')
  const settings = environmentSettings({
    CROFT_DATA_DIR: dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
    CROFT_ROLE: 'all',
    DATABASE_URL: '',
    CROFT_PUBLIC_URL: '',
    CROFT_MEDIA_STORE: '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
  })
  console.log('Croft demo: one profile, one video, one slideshow, in the built-in sandbox.')
  console.log(
    'The demo turns the address check off (CROFT_ALLOW_PRIVATE_NETWORK) for itself, since everything runs on this machine.\n',
  )
  const croft = await createCroft(settings, { say: (line) => console.error(line) })
  try {
    const address = await croft.start()
    const receiver = await startReceiver()
    try {
      const play = playDemo({ client: await demoClient(croft.ctx, address), receiver, files, say: (line) => console.log(line) })
      const ended = await Promise.race([play.then(() => 'played' as const), stopAsked.then(() => 'interrupted' as const)])
      if (ended === 'interrupted') process.exitCode = 130
      if (options.once || ended === 'interrupted') return
      console.log('\nOpen the links in a browser. Ctrl-C ends the demo and removes its data.')
      await stopAsked
    } finally {
      await receiver.stop()
    }
  } finally {
    await croft.stop(2_000)
    await rm(dataDir, { recursive: true, force: true })
  }
}
