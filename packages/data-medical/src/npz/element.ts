/** Numbers of an array, as JavaScript holds them. */
export type Numbers =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** The element type of an array of NumPy, which its header calls `descr`. */
export interface ElementType {
  readonly bytes: number;
  /** `wide`: integers of 64 bits, which a float64 does not hold exactly beyond 2^53. */
  readonly kind: 'number' | 'wide' | 'boolean' | 'text';
  /** One element as the text of a cell; '' for NaN. */
  readonly text: (view: DataView, at: number) => string;
  /** Absent for text. Of integers of 64 bits: not exact beyond 2^53, which the caller checks. */
  readonly number?: (view: DataView, at: number) => number;
  /** Absent for text. */
  readonly create?: (length: number) => Numbers;
  /** True where bytes in the order of the file are the numbers that `create` makes, on a machine that is little-endian. */
  readonly isNative: boolean;
}

/** Reads one number. @param little whether the lowest byte comes first */
type Getter = (view: DataView, at: number, little: boolean) => number;

const numbers: Readonly<Record<string, readonly [create: (length: number) => Numbers, get: Getter]>> = {
  u1: [(n) => new Uint8Array(n), (view, at) => view.getUint8(at)],
  i1: [(n) => new Int8Array(n), (view, at) => view.getInt8(at)],
  u2: [(n) => new Uint16Array(n), (view, at, little) => view.getUint16(at, little)],
  i2: [(n) => new Int16Array(n), (view, at, little) => view.getInt16(at, little)],
  u4: [(n) => new Uint32Array(n), (view, at, little) => view.getUint32(at, little)],
  i4: [(n) => new Int32Array(n), (view, at, little) => view.getInt32(at, little)],
  f4: [(n) => new Float32Array(n), (view, at, little) => view.getFloat32(at, little)],
  f8: [(n) => new Float64Array(n), (view, at, little) => view.getFloat64(at, little)],
  f2: [(n) => new Float32Array(n), (view, at, little) => half(view.getUint16(at, little))],
};

/**
 * The element type of a `descr`: integers of 8 to 64 bits, floats of 16, 32 and 64, booleans, and text of fixed width
 * (`U`: UTF-32, `S`: UTF-8), in either byte order.
 *
 * @returns why it is not read, as the end of a sentence, for any other
 */
export function elementType(descr: string): ElementType | string {
  const found = /^([<>|=])([a-zA-Z])(\d{0,8})(.*)$/.exec(descr);
  if (!found) return 'has an element type that is not known';
  const [, order, letter = '', digits = '', rest] = found;
  if (letter === 'O') return 'holds objects of Python (a pickle), which are code and never read';
  const little = order !== '>';
  const size = Number(digits);
  const plain = numbers[`${letter}${digits}`];
  if (rest === '' && plain) {
    const [create, get] = plain;
    return {
      bytes: size,
      kind: 'number',
      text: (view, at) => cellOf(get(view, at, little)),
      number: (view, at) => get(view, at, little),
      create,
      isNative: (little || size === 1) && `${letter}${digits}` !== 'f2',
    };
  }
  if (rest === '' && (letter === 'i' || letter === 'u') && size === 8) {
    const get = (view: DataView, at: number): bigint =>
      letter === 'i' ? view.getBigInt64(at, little) : view.getBigUint64(at, little);
    return {
      bytes: 8,
      kind: 'wide',
      text: (view, at) => String(get(view, at)),
      number: (view, at) => Number(get(view, at)),
      create: (n) => new Float64Array(n),
      isNative: false,
    };
  }
  if (rest === '' && letter === 'b' && size === 1)
    return {
      bytes: 1,
      kind: 'boolean',
      text: (view, at) => (view.getUint8(at) === 0 ? 'false' : 'true'),
      number: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
      create: (n) => new Uint8Array(n),
      isNative: false,
    };
  if (rest === '' && size > 0 && (letter === 'U' || letter === 'S'))
    return {
      bytes: letter === 'U' ? 4 * size : size,
      kind: 'text',
      text: letter === 'U' ? (view, at) => utf32(view, at, size, little) : (view, at) => utf8(view, at, size),
      isNative: false,
    };
  return `has the element type ${letter}${digits}, which is not read (of those that are: integers, floats, booleans, text)`;
}

function cellOf(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Text of fixed width is filled up with zeros. What is no character becomes U+FFFD. */
function utf32(view: DataView, at: number, characters: number, little: boolean): string {
  let text = '';
  let zeros = 0;
  for (let i = 0; i < characters; i++) {
    const code = view.getUint32(at + 4 * i, little);
    if (code === 0) {
      zeros++;
      continue;
    }
    text += '\0'.repeat(zeros) + (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
    zeros = 0;
  }
  return text.trim();
}

const decoder = new TextDecoder();

function utf8(view: DataView, at: number, bytes: number): string {
  return decoder
    .decode(new Uint8Array(view.buffer, view.byteOffset + at, bytes))
    .replace(/\0+$/, '')
    .trim();
}
