/** JSON with integers of any size: `JSON` itself refuses bigints and rounds what is beyond 2^53. */
export type JsonValue =
  null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/** The JSON text of a value, bigints with all their digits. Absent members are left out. */
export function jsonText(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${JSON.stringify(key)}:${jsonText(member)}`],
  );
  return `{${members.join(',')}}`;
}

/** A string, which is passed over, or an integer of 16 digits or more that is no part of a fraction. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/g;
/** Marks a long integer that stands as a string for the parser's sake: of private use, so no node writes it. */
const MARKED = /^\ue000-?\d+$/;

/** Parses JSON text; integers of 16 digits or more become bigints, exact. Throws `SyntaxError`. */
export function parseExactJson(text: string): unknown {
  // First, because of a string that never ends the search below would look for the end again from every quote in it.
  const rounded = JSON.parse(text) as unknown;
  const marked = text.replace(STRING_OR_LONG_INTEGER, (found) => (found.startsWith('"') ? found : `"\ue000${found}"`));
  if (marked === text) return rounded;
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && MARKED.test(value) ? BigInt(value.slice(1)) : value,
  ) as unknown;
}
