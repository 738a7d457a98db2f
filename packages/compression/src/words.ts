import {
  createLayout,
  elementOf,
  FedwardError,
  incompatible,
  type Layout,
  type Tensors,
  type TensorsForm,
} from '@fedward/core';

const buffer = new DataView(new ArrayBuffer(4));

/** The 32 bits of a float32. */
export function bitsOf(value: number): number {
  buffer.setFloat32(0, value);
  return buffer.getUint32(0);
}

/** The float32 of these 32 bits. */
export function float32Of(bits: number): number {
  buffer.setUint32(0, bits);
  return buffer.getFloat32(0);
}

/** Words that hold so many values of 8, 16 or 32 bits each. */
export function wordsFor(values: number, bits: number): number {
  return Math.ceil((values * bits) / 32);
}

/** One tensor of 32-bit words, which is all that travels. */
export function wordsForm(words: number): TensorsForm {
  return { layout: createLayout([{ name: 'compressed', shape: [words] }]), element: 'u32' };
}

/** Writes a value of 8, 16 or 32 bits, the first into the lowest bits of a word: the same on every machine. */
export function writePacked(words: Uint32Array, at: number, bits: number, value: number): void {
  const each = 32 / bits;
  words[Math.floor(at / each)]! |= value << ((at % each) * bits);
}

/** Reads what `writePacked` has written, as a whole number from 0 on. */
export function readPacked(words: Uint32Array, at: number, bits: number): number {
  if (bits === 32) return words[at]!;
  const each = 32 / bits;
  return (words[Math.floor(at / each)]! >>> ((at % each) * bits)) & (2 ** bits - 1);
}

/** The same as a signed number in two's complement. */
export function readSigned(words: Uint32Array, at: number, bits: number): number {
  const value = readPacked(words, at, bits);
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

/** True where the bits behind the last of so many values are 0, as they are written. */
export function restIsZero(words: Uint32Array, values: number, bits: number): boolean {
  const used = (values * bits) % 32;
  return used === 0 || words[words.length - 1]! >>> used === 0;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for updates of other numbers than float32 */
export function float32Layout({ layout, element }: TensorsForm, name: string): Layout {
  if (element === 'f32') return layout;
  throw notFloat32(name, element);
}

/** The numbers of an update. @throws {FedwardError} CONFIG_INCOMPATIBLE for other numbers than float32 */
export function float32Values({ values }: Tensors, name: string): Float32Array {
  if (values instanceof Float32Array) return values;
  throw notFloat32(name, elementOf(values));
}

function notFloat32(name: string, element: string): FedwardError {
  return incompatible(`compression ${name} is for changes in float32, and this update is of ${element}`, 'compression');
}

/** The words of a payload. @throws {FedwardError} UPDATE_INVALID for anything but so many */
export function wordsOfPayload({ values }: Tensors, length: number, name: string): Uint32Array {
  if (values instanceof Uint32Array && values.length === length) return values;
  throw invalid(name, `is not of ${length} words`);
}

/** What is thrown for what no site makes. */
export function invalid(name: string, why: string): FedwardError {
  return new FedwardError('UPDATE_INVALID', `what compression ${name} was given ${why}`, 'payload');
}

/** @throws {FedwardError} UPDATE_INVALID for what is no largest absolute value */
export function assertScale(scale: number, name: string): void {
  if (scale >= 0 && scale < Infinity && !Object.is(scale, -0)) return;
  throw invalid(name, `has the scale ${scale}, which is no largest absolute value`);
}

/**
 * The largest value around is a level of its own, and where it is 0 all are.
 * @throws {FedwardError} UPDATE_INVALID for another largest level
 */
export function assertLargest(level: number, scale: number, levels: number, name: string): void {
  if (level === (scale > 0 ? levels : 0)) return;
  throw invalid(name, `has the level ${level} as the largest beside the scale ${scale}`);
}
