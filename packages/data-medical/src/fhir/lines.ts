import { FedwardError } from '@fedward/core';
import { textOf } from '../csv/decode.js';

/** A resource with a document in it may be large; what is larger than this is no line. In UTF-16 code units. */
export const longestLine = 64 * 2 ** 20;

/** One line of a text. */
export interface Line {
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a file in UTF-8 that are not blank. No more than one of them is in memory.
 * @throws {FedwardError} DATA_MALFORMED for other bytes than UTF-8, and for a line beyond `longest`
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  longest = longestLine,
): AsyncGenerator<Line> {
  let number = 1;
  let held: string[] = [];
  let length = 0;
  const hold = (text: string): void => {
    length += text.length;
    if (length > longest)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}, line ${number}: longer than ${longest} characters: no line of NDJSON is`,
        file,
      );
    held.push(text);
  };
  const next = (): Line | undefined => {
    const line = { number: number++, text: held.join('') };
    [held, length] = [[], 0];
    return line.text.trim() === '' ? undefined : line;
  };
  for await (const text of textOf(pieces, file, 'utf-8')) {
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      hold(text.slice(at, end));
      at = end + 1;
      const line = next();
      if (line) yield line;
    }
    hold(text.slice(at));
  }
  const last = next();
  if (last) yield last;
}
