/**
 * Ids of filled rows follow from their number, so that the load's script knows them without a list. They are UUIDv7 of one
 * millisecond in 2024: older than all that Croft makes, as what fills a table is.
 */
const groups = { profile: '8000', post: '9000', phone: 'a000', event: 'b000' } as const
export type Group = keyof typeof groups

export const idOf = (group: Group, n: number): string => `01900000-0000-7000-${groups[group]}-${n.toString(16).padStart(12, '0')}`

/** The same in SQL. @param n an expression */
export const idSql = (group: Group, n: string): string =>
  `('01900000-0000-7000-${groups[group]}-' || lpad(to_hex(${n}), 12, '0'))::uuid`
