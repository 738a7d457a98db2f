import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { FedwardError, fileReason, type TrainingData } from '@fedward/core';

const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const pieceBytes = 2 ** 20;

/**
 * Two digests of a text file, read once. `data` is that of its lines, in whatever order they stand and whatever the file
 * is called: a copy under another name, with its rows sorted, or with the line ends of another system is the same data
 * set. Blank lines and a byte order mark count for nothing. No schema is asked, so that it stays the same when a study
 * reads other columns. `file` is that of its bytes, as `sha256sum` prints it: in another order the same rows train
 * another model.
 *
 * @returns each `sha256:` and 64 hexadecimal digits
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID where it can't be read
 */
export async function digestTable(path: string): Promise<{ readonly data: string; readonly file: string }> {
  const bytes = createHash('sha256');
  const lines = new Unordered();
  const add = (bytes: Uint8Array): void => {
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    const start = lines.count === 0 && byteOrderMark.equals(bytes.subarray(0, 3)) ? 3 : 0;
    if (end > start) lines.add(bytes.subarray(start, end));
  };
  let rest = Buffer.alloc(0);
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes).catch((cause: unknown) => {
        throw unreadable(path, cause);
      });
      if (bytesRead === 0) break;
      bytes.update(piece.subarray(0, bytesRead));
      let from = 0;
      for (let to = piece.indexOf(newline); to >= 0 && to < bytesRead; to = piece.indexOf(newline, from)) {
        const line = piece.subarray(from, to);
        add(rest.length > 0 ? Buffer.concat([rest, line]) : line);
        rest = Buffer.alloc(0);
        from = to + 1;
      }
      rest = Buffer.concat([rest, piece.subarray(from, bytesRead)]);
    }
  } finally {
    await file.close();
  }
  add(rest);
  return { data: lines.digest(), file: `sha256:${bytes.digest('hex')}` };
}

/**
 * The digest of records, in whatever order they stand and however they are parted: each is its features, its label and
 * the patient whose it is.
 *
 * @param parts such as a hospital's train and test part, with features of one width
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function digestOfRecords(...parts: readonly TrainingData[]): string {
  const records = new Unordered();
  for (const { count, features, labels, patientIds } of parts) {
    const width = features.length / count;
    for (let record = 0; record < count; record++) {
      const values = Float32Array.of(labels[record]!, ...features.subarray(record * width, (record + 1) * width));
      const of = createHash('sha512').update(new Uint8Array(values.buffer));
      records.addHash(of.update(patientIds?.[record] ?? '').digest());
    }
  }
  return records.digest();
}

/**
 * A digest of a multiset: the sum of its members' SHA-512 (mod 2^512), hashed with their number (AdHash: Bellare and
 * Micciancio 1997, "A new paradigm for collision-free hashing", section 4). It needs no more memory for more members.
 * It finds what was changed or renamed; it is not proof against an owner of data who makes rows up to meet a digest.
 */
class Unordered {
  #count = 0;
  readonly #sum = new Uint32Array(16);
  readonly #hash = new Uint32Array(16);
  readonly #bytes = Buffer.alloc(64);

  get count(): number {
    return this.#count;
  }

  add(bytes: Uint8Array): void {
    this.#bytes.write(hash('sha512', bytes, 'hex'), 'hex'); // quicker than a new buffer for each
    this.addHash(this.#bytes);
  }

  addHash(digest: Uint8Array): void {
    this.#count++;
    new Uint8Array(this.#hash.buffer).set(digest);
    let carry = 0;
    for (let word = 0; word < this.#sum.length; word++) {
      const sum = this.#sum[word]! + this.#hash[word]! + carry;
      this.#sum[word] = sum; // mod 2^32
      carry = sum >= 2 ** 32 ? 1 : 0;
    }
  }

  digest(): string {
    const of = createHash('sha256').update(`${this.#count}:`).update(new Uint8Array(this.#sum.buffer));
    return `sha256:${of.digest('hex')}`;
  }
}

function unreadable(path: string, cause: unknown): FedwardError {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT'
    ? new FedwardError('FILE_NOT_FOUND', `there is no file ${path}`, path, { cause })
    : new FedwardError('FILE_INVALID', `${path} can't be read: ${fileReason(cause)}`, path, { cause });
}
