/** A value as it stands in an ARFF file. */
export interface Token {
  readonly text: string;
  /** In quotation marks: then `?` is a question mark. */
  readonly quoted: boolean;
}

/** What is wrong with a line, in words without what it holds. */
export type Fault = string;

/**
 * The values of a line, parted by commas; where it has none outside quotation marks, by white space, as Weka allows.
 * Values may stand in `'` or `"`, within which a backslash escapes the next character. A `%` outside begins a comment.
 *
 * @param most values that are read; one more is read and no further, so that a caller sees that there are too many
 * @returns what is wrong, where a quotation mark is not closed or more follows after one
 */
export function tokensOf(line: string, most: number): readonly Token[] | Fault {
  const byCommas = partedBy(line, ',', most);
  return typeof byCommas !== 'string' && byCommas.length === 1 && !byCommas[0]!.quoted && /\s/.test(byCommas[0]!.text)
    ? partedBy(line, undefined, most)
    : byCommas;
}

/** @param delimiter undefined: white space */
function partedBy(line: string, delimiter: ',' | undefined, most: number): readonly Token[] | Fault {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = afterSpace(line, at);
    if (delimiter === undefined && (at >= line.length || line[at] === '%')) return tokens;
    const mark = line[at];
    if (mark === "'" || mark === '"') {
      const value = quotedValue(line, at);
      if (!value) return 'a quotation mark is never closed';
      tokens.push({ text: value.text.trim(), quoted: true });
      at = value.next;
      const next = afterSpace(line, at);
      const ended = next >= line.length || line[next] === '%';
      if (!ended && (delimiter === undefined ? next === at : line[next] !== delimiter))
        return 'more follows after the quotation mark that closes a value';
      if (ended) return tokens;
      at = delimiter === undefined ? next : next + 1;
    } else {
      const end = valueEnd(line, at, delimiter);
      tokens.push({ text: line.slice(at, end).trim(), quoted: false });
      if (end >= line.length || line[end] === '%') return tokens;
      at = end + 1;
    }
    if (tokens.length > most) return tokens;
  }
}

/** A value in quotation marks, and where the line goes on. */
export function quotedValue(line: string, open: number): { readonly text: string; readonly next: number } | undefined {
  const mark = line[open]!;
  let text = '';
  for (let at = open + 1; at < line.length; at++) {
    const character = line[at]!;
    if (character === mark) return { text, next: at + 1 };
    if (character === '\\' && at + 1 < line.length) text += escapes[line[++at]!] ?? line[at]!;
    else text += character;
  }
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function valueEnd(line: string, from: number, delimiter: ',' | undefined): number {
  let at = from;
  while (at < line.length && line[at] !== '%' && (delimiter ? line[at] !== delimiter : !isSpace(line[at]!))) at++;
  return at;
}

export function afterSpace(line: string, from: number): number {
  let at = from;
  while (at < line.length && isSpace(line[at]!)) at++;
  return at;
}

function isSpace(character: string): boolean {
  return character <= ' ' || character === '\u00a0' || character === '\ufeff';
}
