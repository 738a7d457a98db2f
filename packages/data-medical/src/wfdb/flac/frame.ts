import { broken } from '../names.js';
import type { BitReader } from './bits.js';
import { crc16, crc8 } from './crc.js';
import { readSubframe } from './subframe.js';

/** What the frames of a stream have in common. */
export interface FlacForm {
  readonly channels: number;
  /** Of a sample: 8, 16 or 24. */
  readonly bits: number;
  /** Samples of a frame, where all but the last have as many. */
  readonly mostSamples: number;
}

/** One frame of a stream. */
export interface FlacFrame {
  /** The frame's number where frames have one size, else that of its first sample. */
  readonly number: number;
  readonly numbered: 'frames' | 'samples';
  readonly size: number;
  /** The samples of each channel. */
  readonly channels: readonly Int32Array[];
}

/** Bits a sample by their code; 0 for those of the stream, undefined for a reserved code. */
const sampleBits = [0, 8, 12, undefined, 16, 20, 24, 32];

/**
 * Reads one frame (RFC 9639, section 9) and checks both of its checksums.
 * @throws {FedwardError} DATA_MALFORMED for a frame that is damaged, or of another form than the stream's
 */
export function readFrame(reader: BitReader, form: FlacForm): FlacFrame {
  const start = reader.position;
  const damaged = (): Error => broken(reader.file, `the FLAC frame at byte ${start} is damaged`);
  if (reader.read(15) !== 0x7ffc) throw damaged(); // 14 bits of sync and one that is reserved
  const numbered = reader.read(1) === 0 ? 'frames' : 'samples';
  const sizeCode = reader.read(4);
  const rateCode = reader.read(4);
  const assignment = reader.read(4);
  const bits = sampleBits[reader.read(3)];
  if (reader.read(1) !== 0 || sizeCode === 0 || rateCode === 15 || assignment > 10) throw damaged();
  const number = readCodedNumber(reader, damaged);
  const size = sizeOf(sizeCode, reader);
  if (rateCode >= 12) reader.read(rateCode === 12 ? 8 : 16);
  const headerEnd = reader.position;
  if (reader.read(8) !== crc8(reader.bytes.subarray(start, headerEnd))) throw damaged();
  const channelCount = assignment < 8 ? assignment + 1 : 2;
  if (channelCount !== form.channels || (bits !== 0 && bits !== form.bits) || size > form.mostSamples) throw damaged();
  const channels = Array.from({ length: channelCount }, (_, i) =>
    readSubframe(reader, form.bits + (isDifference(assignment, i) ? 1 : 0), size),
  );
  reader.align();
  const end = reader.position;
  if (reader.read(16) !== crc16(reader.bytes.subarray(start, end))) throw damaged();
  undoDifferences(assignment, channels);
  return { number, numbered, size, channels };
}

function sizeOf(code: number, reader: BitReader): number {
  if (code === 1) return 192;
  if (code <= 5) return 144 * 2 ** code;
  if (code === 6) return reader.read(8) + 1;
  return code === 7 ? reader.read(16) + 1 : 2 ** code;
}

/** A number of up to 36 bits, coded as UTF-8 codes characters. */
function readCodedNumber(reader: BitReader, damaged: () => Error): number {
  const first = reader.read(8);
  const ones = Math.clz32(~(first << 24));
  if (ones === 1 || ones > 7) throw damaged();
  let value = ones === 0 ? first : first & (0x7f >> ones);
  for (let i = 1; i < ones; i++) {
    const next = reader.read(8);
    if (next >> 6 !== 2) throw damaged();
    value = value * 64 + (next & 0x3f);
  }
  return value;
}

/** Two channels may be coded as left and side (8), side and right (9), or mid and side (10). */
function isDifference(assignment: number, channel: number): boolean {
  return assignment === 9 ? channel === 0 : (assignment === 8 || assignment === 10) && channel === 1;
}

function undoDifferences(assignment: number, channels: readonly Int32Array[]): void {
  if (assignment < 8) return;
  const [a, b] = channels as [Int32Array, Int32Array];
  for (let i = 0; i < a.length; i++) {
    const first = a[i]!;
    const second = b[i]!;
    if (assignment === 8) b[i] = first - second;
    else if (assignment === 9) a[i] = first + second;
    else {
      const mid = 2 * first + (second & 1); // the bit that halving took away
      a[i] = (mid + second) >> 1;
      b[i] = (mid - second) >> 1;
    }
  }
}
