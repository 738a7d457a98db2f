import { broken } from '../names.js';
import type { BitReader } from './bits.js';

/** Coefficients of the fixed predictors of orders 0 to 4 (RFC 9639, section 9.2.5). */
const fixed: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/**
 * One channel of a frame (RFC 9639, section 9.2): a constant, samples as they are, or what a predictor missed.
 *
 * @param bits of a sample; one more in a channel of differences
 * @returns as many samples as `size`
 * @throws {FedwardError} DATA_MALFORMED
 */
export function readSubframe(reader: BitReader, bits: number, size: number): Int32Array {
  if (reader.read(1) !== 0) throw malformed(reader);
  const type = reader.read(6);
  const wasted = reader.read(1) === 1 ? reader.readUnary() + 1 : 0;
  const width = bits - wasted;
  if (width < 1) throw malformed(reader);
  const samples = new Int32Array(size);
  if (type === 0) samples.fill(reader.readSigned(width));
  else if (type === 1) for (let i = 0; i < size; i++) samples[i] = reader.readSigned(width);
  else if (type >= 8 && type <= 12) predict(reader, samples, width, type - 8);
  else if (type >= 32) predict(reader, samples, width, type - 31, 'linear');
  else throw malformed(reader);
  if (wasted > 0) for (let i = 0; i < size; i++) samples[i]! <<= wasted;
  return samples;
}

function predict(reader: BitReader, samples: Int32Array, width: number, order: number, kind?: 'linear'): void {
  if (order > samples.length) throw malformed(reader);
  for (let i = 0; i < order; i++) samples[i] = reader.readSigned(width);
  let coefficients = fixed[order]!;
  let shift = 0;
  if (kind === 'linear') {
    const precision = reader.read(4) + 1;
    shift = reader.readSigned(5);
    if (precision === 16 || shift < 0) throw malformed(reader);
    coefficients = Array.from({ length: order }, () => reader.readSigned(precision));
  }
  readResidual(reader, samples, order);
  const scale = 2 ** shift;
  const limit = 2 ** (width - 1);
  for (let i = order; i < samples.length; i++) {
    // At most 2^25 (a sample) 2^14 (a coefficient) 2^5 (of them): exact in float64.
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j]! * samples[i - 1 - j]!;
    const value = samples[i]! + Math.floor(sum / scale);
    if (!(value >= -limit && value < limit)) throw malformed(reader);
    samples[i] = value;
  }
}

/** The coded residual (RFC 9639, section 9.2.7), into the places after the warm-up samples. */
function readResidual(reader: BitReader, samples: Int32Array, order: number): void {
  const method = reader.read(2);
  if (method > 1) throw malformed(reader);
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partitions = 2 ** reader.read(4);
  const length = samples.length / partitions;
  if (!Number.isInteger(length) || length < order) throw malformed(reader);
  for (let partition = 0; partition < partitions; partition++) {
    const end = (partition + 1) * length;
    const parameter = reader.read(parameterBits);
    const plain = parameter === escape ? reader.read(5) : undefined;
    for (let i = partition === 0 ? order : partition * length; i < end; i++)
      samples[i] = plain === undefined ? readRice(reader, parameter) : reader.readSigned(plain);
  }
}

function readRice(reader: BitReader, parameter: number): number {
  const folded = reader.readUnary() * 2 ** parameter + reader.read(parameter);
  if (folded >= 2 ** 32) throw malformed(reader); // a residual has 32 bits
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

function malformed({ file, position }: BitReader): Error {
  return broken(file, `what stands at byte ${position} is no FLAC: the file is damaged`);
}
