import { endianness } from 'node:os';
import { FedwardError } from '@fedward/core';
import type { ArrayCell } from '@fedward/kit-tables';
import type { ByteReader } from './bytes.js';
import type { NpyHeader } from './header.js';

/** Bytes of one row, and of an array in Fortran's order, which has to be held whole. */
const mostRowBytes = 64 * 2 ** 20;
const mostHeldBytes = 512 * 2 ** 20;

const isLittle = endianness() === 'LE';

/** An array as a column of a table. */
export interface ArrayColumn {
  readonly rows: number;
  /** Of a row: [] for a column of cells, otherwise the shape without its first extent. */
  readonly shape: readonly number[];
  readonly isBoolean: boolean;
  /** Bytes of a row. */
  readonly rowBytes: number;
}

/**
 * An array as a column: of cells where it has one number a row ([n] or [n, 1]), otherwise of arrays.
 * @throws {FedwardError} DATA_MALFORMED for one without rows, with rows that are too large, or with several texts a row
 */
export function columnOf({ type, shape, fortran, bytes }: NpyHeader, what: string, subject: string): ArrayColumn {
  const refuse = (message: string) => new FedwardError('DATA_MALFORMED', `${what} ${message}`, subject);
  const [rows, ...extents] = shape;
  if (rows === undefined) throw refuse('is a single value and no column');
  const elements = extents.reduce((product, extent) => product * extent, 1);
  const isCell = extents.length === 0 || (extents.length === 1 && elements === 1);
  const rowBytes = elements * type.bytes;
  if (rowBytes > mostRowBytes) throw refuse(`has rows of ${rowBytes} bytes, and ${mostRowBytes} are the most`);
  if (!isCell && type.kind === 'text') throw refuse('has several texts in a row, which are not read');
  if (fortran && elements > 1 && bytes > mostHeldBytes)
    throw refuse(`has Fortran's order and ${bytes} bytes: so much can't be held; write it in C's order`);
  return { rows, shape: isCell ? [] : extents, isBoolean: type.kind === 'boolean', rowBytes };
}

/** One row of a column. */
export type Value = string | ArrayCell;

/** Reads the rows of an array one after the other, some at a time. */
export class ArrayRows {
  readonly #offsets: Float64Array | undefined;
  readonly #elements: number;
  #whole: Uint8Array | undefined;
  #row = 0;

  /** @param reader behind the header */
  constructor(
    private readonly reader: ByteReader,
    private readonly header: NpyHeader,
    private readonly column: ArrayColumn,
    private readonly what: string,
  ) {
    this.#elements = header.shape.slice(1).reduce((product, extent) => product * extent, 1);
    this.#offsets = header.fortran && this.#elements > 1 ? fortranOffsets(header.shape) : undefined;
  }

  /** The next rows. @throws {FedwardError} DATA_MALFORMED where they are not there */
  async next(rows: number): Promise<Value[]> {
    const { type, bytes, shape } = this.header;
    const step = this.#offsets ? type.bytes : this.#elements * type.bytes;
    let buffer: Uint8Array | undefined;
    if (this.#offsets) buffer = this.#whole ??= await this.reader.take(bytes);
    else buffer = await this.reader.take(rows * step);
    if (!buffer) throw this.#malformed('is cut short');
    const first = this.#offsets ? this.#row * step : 0;
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    const values = Array.from({ length: rows }, (_, i): Value => {
      const at = first + i * step;
      return this.column.shape.length === 0 ? type.text(view, at) : this.#cell(buffer, view, at);
    });
    this.#row += rows;
    if (this.#row === shape[0]) this.#whole = undefined;
    return values;
  }

  /** Reads to the end, where check sums are. @throws {FedwardError} DATA_MALFORMED */
  async finish(): Promise<void> {
    if (!(await this.reader.end())) throw this.#malformed('goes on behind its last row');
  }

  #cell(buffer: Uint8Array, view: DataView, at: number): ArrayCell {
    const { type } = this.header;
    const elements = this.#elements;
    const { shape } = this.column;
    const values = type.create!(elements);
    if (type.isNative && isLittle && !this.#offsets) {
      new Uint8Array(values.buffer).set(buffer.subarray(at, at + elements * type.bytes));
      return { shape, values };
    }
    for (let i = 0; i < elements; i++)
      values[i] = type.number!(view, at + (this.#offsets ? this.#offsets[i]! : i) * type.bytes);
    if (type.kind === 'wide' && values.some((value) => !Number.isSafeInteger(value)))
      throw this.#malformed('has integers beyond 2^53, which no float64 holds');
    return { shape, values };
  }

  #malformed(message: string): FedwardError {
    return new FedwardError('DATA_MALFORMED', `${this.what} ${message}`, this.what);
  }
}

/** How far each element of a row, in C's order, is from the first of its row, in elements. */
function fortranOffsets(shape: readonly number[]): Float64Array {
  const [rows, ...extents] = shape as [number, ...number[]];
  const offsets = new Float64Array(extents.reduce((product, extent) => product * extent, 1));
  const index = extents.map(() => 0);
  for (let i = 0; i < offsets.length; i++) {
    let stride = rows;
    let offset = 0;
    for (let axis = 0; axis < extents.length; axis++) {
      offset += index[axis]! * stride;
      stride *= extents[axis]!;
    }
    offsets[i] = offset;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < extents[axis]!) break;
      index[axis] = 0;
    }
  }
  return offsets;
}
