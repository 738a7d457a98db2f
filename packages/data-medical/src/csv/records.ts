import type { FedwardError } from '@fedward/core';
import { malformed } from '@fedward/kit-tables';
import { longestRecord, mostFields } from '../limits.js';

/** One record of a CSV file, as it stands there. */
export interface CsvRecord {
  /** Line of the file on which it begins, from 1 on. */
  readonly line: number;
  /** White space around them is gone, inside quotation marks too. */
  readonly fields: readonly string[];
}

/** A record that is longer than this is looked at again only when what is there has doubled. */
const longRecord = 2 ** 20;

/**
 * The records of a CSV file (RFC 4180, and other delimiters), as many at a time as a piece of text holds. Empty lines are
 * left out. What the records mean is not looked at here.
 *
 * No message holds the content of a cell: messages travel to logs and people that the data may not reach.
 *
 * @param texts pieces of the text, with `\n` as the line end
 * @param file its name, for messages
 * @param firstLine the line of the file with which the texts begin
 * @throws {FedwardError} DATA_MALFORMED, with file and line, for a quotation mark that is misplaced or never closed, and for
 *   a record of more than `longestRecord` characters or `mostFields` fields
 */
export async function* csvRecords(
  texts: AsyncIterable<string>,
  file: string,
  delimiter: string,
  firstLine = 1,
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new Reader(file, delimiter, firstLine);
  for await (const text of texts) yield reader.read(text, false);
  yield reader.read('', true);
}

/** Reads record by record; what is left of a piece waits for the next. */
class Reader {
  #rest = '';
  /** Characters that must be there before the rest is looked at again: else a long record takes time by its square. */
  #enough = 0;
  #line: number;

  constructor(
    private readonly file: string,
    private readonly delimiter: string,
    firstLine: number,
  ) {
    this.#line = firstLine;
  }

  read(piece: string, last: boolean): CsvRecord[] {
    const text = this.#rest + piece;
    if (!last && text.length < this.#enough) {
      this.#rest = text;
      return [];
    }
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      if (newline < 0 && !last) break;
      const end = newline < 0 ? text.length : newline;
      const row = text.slice(at, end);
      if (!row.includes('"')) {
        if (isVisible(row.charCodeAt(0)) || row.trim() !== '' || row.includes(this.delimiter)) {
          const fields = row.split(this.delimiter, mostFields + 1);
          if (fields.length > mostFields) throw this.#tooMany();
          for (let i = 0; i < fields.length; i++) fields[i] = trimmed(fields[i]!);
          records.push({ line: this.#line, fields });
        }
        this.#line++;
        at = end + 1;
        continue;
      }
      const quoted = this.#quotedRecord(text, at, last);
      if (!quoted) break;
      records.push({ line: this.#line, fields: quoted.fields });
      this.#line += quoted.lines;
      at = quoted.next;
    }
    this.#rest = text.slice(at);
    const { length } = this.#rest;
    if (length > longestRecord) throw this.#tooLong(this.#rest);
    this.#enough = length > longRecord ? Math.min(2 * length, longestRecord + 1) : 0;
    return records;
  }

  #tooLong(text: string): FedwardError {
    const opened = text.indexOf('"');
    const what = `a record of more than ${longestRecord / 2 ** 20} Mi characters begins here`;
    return this.#fault(
      text,
      0,
      0,
      opened < 0 ? `${what}: this is no table` : `${what}: is a quotation mark never closed?`,
    );
  }

  #tooMany(): FedwardError {
    return malformed(this.file, this.#line, `more than ${mostFields} fields: this is no table`);
  }

  /**
   * A record that has quotation marks.
   * @returns undefined where it goes on in the next piece
   */
  #quotedRecord(
    text: string,
    start: number,
    last: boolean,
  ): { fields: string[]; next: number; lines: number } | undefined {
    const fields: string[] = [];
    let at = start;
    for (;;) {
      while (isSpace(text, at) && text[at] !== this.delimiter) at++;
      if (text[at] !== '"') {
        const end = this.#fieldEnd(text, at);
        if (end === text.length && !last) return undefined;
        const field = text.slice(at, end);
        if (field.includes('"'))
          throw this.#fault(
            text,
            start,
            at,
            'a quotation mark in the middle of a cell (" is written "" in quotation marks)',
          );
        fields.push(trimmed(field));
        at = end;
      } else {
        const close = closingMark(text, at);
        if (close < 0) {
          if (last) throw this.#neverClosed(text, at, start);
          return undefined;
        }
        if (close + 1 >= text.length && !last) return undefined; // a second mark may follow
        fields.push(trimmed(text.slice(at + 1, close).replaceAll('""', '"')));
        const opened = at;
        at = close + 1;
        while (isSpace(text, at) && text[at] !== this.delimiter) at++;
        if (at >= text.length && !last) return undefined;
        if (at < text.length && text[at] !== this.delimiter && text[at] !== '\n')
          throw this.#fault(
            text,
            start,
            opened,
            'a quotation mark opens a cell here, and more follows after the one that closes it',
          );
      }
      if (text[at] === this.delimiter) {
        if (fields.length >= mostFields) throw this.#tooMany();
        at++;
        continue;
      }
      return { fields, next: at + 1, lines: linesIn(text, start, at) + 1 };
    }
  }

  #fieldEnd(text: string, from: number): number {
    let end = from;
    while (end < text.length && text[end] !== this.delimiter && text[end] !== '\n') end++;
    return end;
  }

  #neverClosed(text: string, at: number, start = 0): FedwardError {
    return this.#fault(text, start, at, 'the quotation mark that opens a cell here is never closed');
  }

  #fault(text: string, start: number, at: number, what: string): FedwardError {
    return malformed(this.file, this.#line + linesIn(text, start, at), what);
  }
}

/** Where the quotation mark stands that closes the one at `open`; -1 where none does. Two in a row stand for one. */
function closingMark(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return -1;
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** White space within a line; a non-breaking one is white space too. */
function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09 || code === 0xa0 || code === 0xfeff;
}

/** Without the white space around it, and without the marks of no width that come along when a cell is copied. */
function trimmed(field: string): string {
  if (isVisible(field.charCodeAt(0)) && isVisible(field.charCodeAt(field.length - 1))) return field;
  const text = field.trim();
  const invisible = (code: number): boolean => code >= 0x200b && code <= 0x200f;
  return invisible(text.charCodeAt(0)) || invisible(text.charCodeAt(text.length - 1))
    ? text.replace(/^[\s\u200b-\u200f]+|[\s\u200b-\u200f]+$/g, '')
    : text;
}

/** Of printed ASCII, which no trimming touches. */
function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}
