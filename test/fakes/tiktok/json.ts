// TypeScript does not know JSON.rawJSON yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => object }

/** JSON text in which a bigint is a raw integer, as TikTok sends its ids, also those above 2^53. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? rawJSON(member.toString()) : member))
