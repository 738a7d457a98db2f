import { broken, refused } from './failure.js';
import type { JpegStream } from './codestream.js';

/** Where a coefficient stands in a block, in the order in which it is coded (ITU-T T.81, figure A.6). */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];

/** C(u) / 2 cos((2x + 1) u pi / 16), by 8 x + u (ITU-T T.81, section A.3.3). */
const cosines = Float64Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i >> 3, i & 7];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** Canonical codes of one table: of each length the first code, how many there are, and where their values begin. */
interface HuffmanTable {
  readonly first: readonly number[];
  readonly counts: readonly number[];
  readonly starts: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Grey JPEG of 12 bits, sequential (ITU-T T.81, process 4): what no packaged codec reads. Unlike these it takes data that
 * end too early for an error.
 *
 * @returns [height, width], 0 to 2^precision - 1
 * @throws {FedwardError} DATA_MALFORMED; FILE_INVALID for colours and other processes
 */
export function decodeExtended(name: string, bytes: Uint8Array, stream: JpegStream): Uint16Array {
  const { width, height, components, precision, frame } = stream;
  if (frame > 0xc1 || components !== 1 || precision !== 12)
    throw refused(name, `JPEG of ${precision} bits a sample can be decoded where it is grey and sequential`);
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  // Each block has at least two codes of a bit: what is shorter can't be whole, and gets no memory.
  if (bytes.length * 4 < across * down) throw broken(name, 'the JPEG data are cut short');
  const { quantization, dc, ac, restart, data } = tablesOf(name, bytes);
  const bits = new BitReader(name, bytes, data);
  const values = new Uint16Array(width * height);
  const block = new Float64Array(64);
  let last = 0;
  for (let i = 0; i < across * down; i++) {
    if (restart > 0 && i > 0 && i % restart === 0) {
      bits.restart();
      last = 0;
    }
    last = readBlock(bits, dc, ac, quantization, last, block);
    putBlock(inverseTransform(block), values, width, height, 8 * (i % across), 8 * Math.floor(i / across), precision);
  }
  return values;
}

/** Coefficients of one block, dequantized (ITU-T T.81, section F.2.2). @returns its DC before that */
function readBlock(
  bits: BitReader,
  dc: HuffmanTable,
  ac: HuffmanTable,
  quantization: Float64Array,
  last: number,
  block: Float64Array,
): number {
  block.fill(0);
  const first = last + bits.signed(bits.symbol(dc));
  block[0] = first * quantization[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const [zeros, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && zeros !== 15) break; // the end of the block
    k += zeros;
    if (size === 0) continue;
    if (k > 63) throw bits.damaged();
    block[zigzag[k]!] = bits.signed(size) * quantization[k]!;
  }
  return first;
}

/** Rows, then columns. */
function inverseTransform(block: Float64Array): Float64Array {
  const half = new Float64Array(64);
  const whole = new Float64Array(64);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++)
      for (let u = 0; u < 8; u++) half[8 * y + x] = half[8 * y + x]! + cosines[8 * x + u]! * block[8 * y + u]!;
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++)
      for (let v = 0; v < 8; v++) whole[8 * y + x] = whole[8 * y + x]! + cosines[8 * y + v]! * half[8 * v + x]!;
  return whole;
}

function putBlock(
  block: Float64Array,
  into: Uint16Array,
  width: number,
  height: number,
  left: number,
  top: number,
  precision: number,
): void {
  const most = 2 ** precision - 1;
  for (let y = 0; y < Math.min(8, height - top); y++)
    for (let x = 0; x < Math.min(8, width - left); x++) {
      const value = Math.round(block[8 * y + x]! + 2 ** (precision - 1));
      into[(top + y) * width + left + x] = value < 0 ? 0 : value > most ? most : value;
    }
}

/** The bits of coded data: FF is followed by 0, or by a marker that ends them. */
class BitReader {
  #held = 0;
  #count = 0;

  constructor(
    private readonly name: string,
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  damaged(): Error {
    return broken(this.name, 'the JPEG data are damaged, or cut short');
  }

  bit(): number {
    if (this.#count === 0) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || (byte === 0xff && this.bytes[this.at++] !== 0)) throw this.damaged();
      this.#held = byte;
      this.#count = 8;
    }
    return (this.#held >> --this.#count) & 1;
  }

  symbol({ first, counts, starts, values }: HuffmanTable): number {
    let code = 0;
    for (let length = 0; length < 16; length++) {
      code = code * 2 + this.bit();
      const offset = code - first[length]!;
      if (offset < counts[length]!) return values[starts[length]! + offset]!;
    }
    throw this.damaged();
  }

  /** A number of so many bits, the negative ones below the positive (ITU-T T.81, figure F.12). */
  signed(size: number): number {
    if (size > 15) throw this.damaged();
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 2 + this.bit();
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  /** Over a marker that stands between two intervals. */
  restart(): void {
    this.#count = 0;
    const [byte, marker] = [this.bytes[this.at], this.bytes[this.at + 1]];
    if (byte !== 0xff || marker === undefined || marker < 0xd0 || marker > 0xd7) throw this.damaged();
    this.at += 2;
  }
}

interface Tables {
  /** In the order in which coefficients are coded. */
  readonly quantization: Float64Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** Blocks between two markers; 0 without any. */
  readonly restart: number;
  /** Where coded data begin. */
  readonly data: number;
}

/** What stands before the first scan of one component; its segments are known to be whole (`jpegStream`). */
function tablesOf(name: string, bytes: Uint8Array): Tables {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const quantizations: Float64Array[] = [];
  const tables = new Map<number, HuffmanTable>();
  let restart = 0;
  let quantizationOfFrame = 0;
  for (let at = 2; ;) {
    if (bytes[at + 1] === 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    const next = at + 2 + view.getUint16(at + 2);
    const content = bytes.subarray(at + 4, next);
    if (marker === 0xdb) readQuantizations(content, quantizations);
    else if (marker === 0xc4) readTables(name, content, tables);
    else if (marker === 0xdd) restart = content[0]! * 256 + content[1]!;
    else if (marker === 0xc0 || marker === 0xc1) quantizationOfFrame = content[8]!;
    else if (marker === 0xda) {
      const quantization = quantizations[quantizationOfFrame];
      const [dc, ac] = [tables.get(content[2]! >> 4), tables.get(16 + (content[2]! & 15))];
      if (!quantization || !dc || !ac || content[0] !== 1) throw broken(name, 'the JPEG data lack a table');
      return { quantization, dc, ac, restart, data: next };
    }
    at = next;
  }
}

function readQuantizations(content: Uint8Array, into: Float64Array[]): void {
  for (let at = 0; at < content.length;) {
    const [wide, id] = [content[at]! >> 4, content[at]! & 15];
    const size = wide ? 2 : 1;
    const table = content.subarray(at + 1, at + 1 + 64 * size);
    if (table.length < 64 * size) return;
    into[id] = Float64Array.from({ length: 64 }, (_, k) =>
      wide ? table[2 * k]! * 256 + table[2 * k + 1]! : table[k]!,
    );
    at += 1 + 64 * size;
  }
}

/** ITU-T T.81, annex C. */
function readTables(name: string, content: Uint8Array, into: Map<number, HuffmanTable>): void {
  for (let at = 0; at < content.length;) {
    const counts = [...content.subarray(at + 1, at + 17)];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = content.subarray(at + 17, at + 17 + total);
    if (counts.length < 16 || values.length < total) throw broken(name, 'a table of the JPEG data is cut short');
    const first: number[] = [];
    const starts: number[] = [];
    let [code, start] = [0, 0];
    for (const count of counts) {
      first.push(code);
      starts.push(start);
      code = (code + count) * 2;
      start += count;
    }
    into.set(content[at]!, { first, counts, starts, values });
    at += 17 + total;
  }
}
