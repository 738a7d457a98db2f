import { FedwardError, isFedwardError } from '@fedward/core';

/** Says where the encoding can be said; appended to messages. */
const wayOut = 'say the encoding: --encoding, or "encoding" in the csv section of the schema';

/**
 * The text of a file, piece by piece, with `\n` alone as its line end and without a byte order mark.
 *
 * @param encoding a label of the WHATWG Encoding Standard; undefined: what a byte order mark says, otherwise UTF-8
 * @throws {FedwardError} DATA_MALFORMED for bytes that are not text in the encoding, with a guess of what they are;
 * CONFIG_INVALID for an encoding that is not known
 */
export async function* textOf(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  encoding: string | undefined,
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let label = encoding ?? 'utf-8';
  let held = ''; // a carriage return whose line feed may be in the next piece
  const decode = (piece?: Uint8Array): string => {
    try {
      return held + (decoder ??= decoderOf(label)).decode(piece, { stream: piece !== undefined });
    } catch (cause) {
      if (isFedwardError(cause)) throw cause;
      const guess = piece && encoding === undefined ? `; it looks like ${guessed(piece)}` : '';
      throw new FedwardError('DATA_MALFORMED', `${file} is not text in ${label}${guess}: ${wayOut}`, file, { cause });
    }
  };
  for await (const piece of pieces) {
    if (!decoder && encoding === undefined) label = markedEncoding(piece) ?? label;
    const text = decode(piece);
    if (encoding === undefined && label === 'utf-8' && text.includes('\0')) {
      const guess = guessed(piece); // no text of one byte a character has zeros
      const why = guess === 'windows-1252' ? 'it has bytes of zero' : `it looks like ${guess}: ${wayOut}`;
      throw new FedwardError('DATA_MALFORMED', `${file} is no text; ${why}`, file);
    }
    held = text.endsWith('\r') ? '\r' : '';
    yield unixLines(text.slice(0, text.length - held.length));
  }
  yield unixLines(decode());
}

/** What the byte order mark says with which programs of Microsoft begin a text. */
export function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}

/** Every other byte of UTF-16 is zero in most languages; what else is no UTF-8 is mostly a text of an older Windows. */
function guessed(piece: Uint8Array): string {
  if (piece[0] === 0x50 && piece[1] === 0x4b) return 'a workbook (.xlsx), which must be saved as CSV first';
  const zeros = [0, 0];
  piece.subarray(0, 1000).forEach((byte, i) => byte === 0 && zeros[i % 2]!++);
  if (zeros[1]! > 100 || zeros[1]! > piece.length / 5) return 'utf-16le';
  if (zeros[0]! > 100 || zeros[0]! > piece.length / 5) return 'utf-16be';
  return 'windows-1252';
}

type Decoder = InstanceType<typeof TextDecoder>;

function decoderOf(encoding: string): Decoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new FedwardError('CONFIG_INVALID', `encoding ${encoding} is not known`, 'encoding', { cause });
  }
}

function unixLines(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text;
}
