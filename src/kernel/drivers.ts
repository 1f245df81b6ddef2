import type { Driver } from '../drivers/contract.ts'
import { list } from '../lib/text.ts'
import type { Context } from './context.ts'
import { CroftError, invalid } from './errors.ts'

/**
 * The driver with this name, if it can take work now.
 * @param path the member of the request that named it
 * @throws CroftError `validation_error` for an unknown driver, `driver_unavailable`
 */
export function driverFor(ctx: Context, name: string, path: string): Driver {
  const driver = ctx.drivers.get(name)
  if (!driver) throw invalid([{ path, message: `must be ${list([...ctx.drivers.keys()], 'or')}` }])
  requireAvailable(driver)
  return driver
}

/** @throws CroftError `driver_unavailable` */
export function requireAvailable(driver: Driver | undefined): asserts driver is Driver {
  const why = driver ? driver.unavailable() : 'it is not configured on this server'
  if (why !== null)
    throw new CroftError('driver_unavailable', `The profile's driver cannot take work: ${why}. Nothing was queued.`)
}
