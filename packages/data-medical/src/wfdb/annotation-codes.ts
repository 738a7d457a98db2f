/** The symbols of annotation codes (WFDB Applications Guide, annot(5) and ecgcodes.h); '' where a code has none. */
const symbols = [
  ...['', 'N', 'L', 'R', 'a', 'V', 'F', 'J', 'A', 'S', 'E', 'j', '/', 'Q', '~', '', '|', '', 's', 'T', '*', 'D', '"'],
  ...['=', 'p', 'B', '^', 't', '+', 'u', '?', '!', '[', ']', 'e', 'n', '@', 'x', 'f', '(', ')', 'r'],
];

/** The highest code of an annotation; those above are for the format itself. */
export const highestCode = 49;

/** Codes that mark no annotation but say something of the next one, or of the last. */
export const special = { skip: 59, number: 60, subtype: 61, channel: 62, aux: 63 } as const;

/** A comment; also how a file says something of itself. */
export const noteCode = 22;

/** The symbol of a code, or its number in brackets where it has none. */
export function symbolOf(code: number): string {
  return symbols[code] || `[${code}]`;
}
