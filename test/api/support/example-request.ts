const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/**
 * The request of an example, on things that exist: ids become those of `made`, by their names, and what Croft would fetch
 * within the request comes from the test's own server.
 */
export function requestOf(example: unknown, made: unknown, pictureUrl: string): unknown {
  const known = (typeof made === 'object' && made !== null ? made : {}) as Record<string, unknown>
  if (Array.isArray(example))
    return example.map((one: unknown, n) => requestOf(one, Array.isArray(made) ? made[n] : made, pictureUrl))
  if (typeof example === 'string' && typeof made === 'string' && uuid.test(example)) return made
  if (typeof example !== 'object' || example === null) return example
  return Object.fromEntries(
    Object.entries(example as Record<string, unknown>).map(([name, value]) => {
      if (typeof value !== 'string') return [name, requestOf(value, known[name] ?? made, pictureUrl)]
      if (uuid.test(value)) return [name, known[name] ?? null]
      return [name, /picture/i.test(name) ? pictureUrl : value]
    }),
  )
}
