import { canonicalText, malformed, type ColumnNote } from '@fedward/kit-tables';
import { dateReader, isoFormat } from './dates.js';
import { afterSpace, quotedValue, tokensOf, type Token } from './tokens.js';

/** A column as the head of an ARFF file declares it. */
export interface Attribute {
  /** In Unicode NFC. */
  readonly name: string;
  readonly note?: ColumnNote;
  /** What becomes of a value. @returns undefined for one that is not as declared */
  readonly read: (text: string) => string | undefined;
}

const asItIs = (text: string): string => text;

/**
 * An attribute, by what stands after `@attribute`: a name, and `numeric`, `real`, `integer`, `string`, `date` with or
 * without a format, or `{levels}`. What a value is, is the schema's to say: numbers and levels are not looked at here.
 *
 * @throws {FedwardError} DATA_MALFORMED for anything else; `relational` by name
 */
export function attributeOf(declaration: string, file: string, line: number, mostLevels: number): Attribute {
  const refuse = (what: string) => malformed(file, line, what);
  const start = afterSpace(declaration, 0);
  const mark = declaration[start];
  const named = mark === "'" || mark === '"' ? quotedValue(declaration, start) : bareName(declaration, start);
  const name = canonicalText(named?.text.trim() ?? '');
  if (!named || name === '') throw refuse('an attribute without a name');
  const type = declaration.slice(afterSpace(declaration, named.next)).trim();

  if (type.startsWith('{')) {
    const end = type.lastIndexOf('}');
    if (end < 0) throw malformed(file, line, 'the list of values is never closed', name);
    const levels = tokensOf(type.slice(1, end), mostLevels);
    if (typeof levels === 'string') throw malformed(file, line, levels, name);
    if (levels.length > mostLevels) throw malformed(file, line, `more than ${mostLevels} values`, name);
    return { name, note: { levels: levels.map(({ text }: Token) => canonicalText(text)) }, read: asItIs };
  }
  const [kind = '', ...others] = type.replace(/\s*%.*$/, '').split(/\s+/);
  switch (kind.toLowerCase()) {
    case 'numeric':
    case 'real':
    case 'integer':
    case 'string':
      return { name, read: asItIs };
    case 'date': {
      const format = others.join(' ').replace(/^(['"])(.*)\1$/, '$2') || isoFormat;
      const read = dateReader(format);
      if (!read)
        throw malformed(
          file,
          line,
          `dates of the format ${format} are not read; of those with yyyy MM dd HH mm ss`,
          name,
        );
      return { name, read };
    }
    case 'relational':
      throw malformed(file, line, 'a relational attribute, which is a table within a cell: not read', name);
    default:
      throw malformed(
        file,
        line,
        'an attribute of no type that is known: numeric, real, integer, string, date or {values}',
        name,
      );
  }
}

/** A name ends before white space; some programs write the list of values right behind it. */
function bareName(text: string, start: number): { readonly text: string; readonly next: number } {
  let end = start;
  while (end < text.length && text[end]! > ' ' && text[end] !== '{') end++;
  return { text: text.slice(start, end), next: end };
}
