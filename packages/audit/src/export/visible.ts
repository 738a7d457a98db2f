/**
 * What a reader, a terminal or a spreadsheet takes for something else than text: control characters (C0, DEL, C1),
 * separators of lines and paragraphs, and the marks and embeddings that turn the direction of writing (Unicode TR 9,
 * section 2; CVE-2021-42574).
 */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text on one line, with all that could mislead made visible: ESC becomes `\u001b`, a line feed `\n`. */
export function visible(text: string): string {
  return text.replace(
    misleading,
    (character) => short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
