const zoneName = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, made)
  return made
}

/** Whether the text is the name of a time zone, such as Europe/Paris or UTC. */
export function isTimeZone(zone: string): boolean {
  if (!zoneName.test(zone) || zone.length > 64) return false
  try {
    return formatOf(zone).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(zone: string, instant: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000
}

const dayMs = 86_400_000

/**
 * The instant of a local time, as RFC 5545 defines it. If clocks go back and a time occurs twice, the first is used. If
 * clocks go forward and a time is skipped, it counts by the clocks before the change, which moves it by the length of
 * the gap.
 * @param localTime the local time as if it were UTC, in milliseconds
 * @param zone a name for which {@link isTimeZone} is true
 */
export function instantOf(localTime: number, zone: string): number {
  const [before, after] = [offsetAt(zone, localTime - dayMs), offsetAt(zone, localTime + dayMs)]
  const fitting = [before, after].filter((offset) => offsetAt(zone, localTime - offset) === offset)
  return localTime - (fitting.length > 0 ? Math.max(...fitting) : before)
}
