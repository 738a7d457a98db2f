import { malformed } from '@fedward/kit-tables';
import { longestRecord } from '../limits.js';

/** A line of a text, from 1 on. */
export interface Line {
  readonly line: number;
  /** Without white space around it. */
  readonly text: string;
}

/**
 * The lines of a text, as many at a time as a piece holds; those that are empty are left out.
 *
 * @param texts pieces, with `\n` as the line end
 * @param file for messages
 * @throws {FedwardError} DATA_MALFORMED for a line of more than `longestRecord` characters
 */
export async function* linesOf(texts: AsyncIterable<string>, file: string): AsyncGenerator<readonly Line[]> {
  let rest = '';
  let line = 0;
  for await (const piece of texts) {
    if (!piece.includes('\n')) {
      rest += piece; // not looked at again until it ends
    } else {
      const parts = (rest + piece).split('\n');
      rest = parts.pop()!;
      const lines: Line[] = [];
      for (const part of parts) {
        line++;
        const text = part.trim();
        if (text !== '') lines.push({ line, text });
      }
      yield lines;
    }
    if (rest.length > longestRecord)
      throw malformed(file, line + 1, `a line of more than ${longestRecord / 2 ** 20} Mi characters: this is no table`);
  }
  if (rest.trim() !== '') yield [{ line: line + 1, text: rest.trim() }];
}
