/**
 * What a terminal, or a reader's eye, takes for something else than text: control characters (C0, DEL, C1, ESC among
 * them), separators of lines and paragraphs, and the marks and embeddings that turn the direction of writing (Unicode
 * TR 9, section 2; CVE-2021-42574).
 */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text on one line, with all that a name could use to clear a screen, to fake a line, or to read other than it is made
 * visible: ESC becomes `\u001b`, a line feed `\n`. Text without any of it is returned as it is.
 */
export function visible(text: string): string {
  return text.replace(misleading, (character) => short[character] ?? asJson(character));
}

/** The same for a JSON document: no string in it means anything else afterwards, and its own line feeds stay. */
export function visibleJson(json: string): string {
  return json.replace(misleading, (character) => (character === '\n' ? character : asJson(character)));
}

function asJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
