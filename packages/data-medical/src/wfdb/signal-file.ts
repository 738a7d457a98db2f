import type { FileHandle } from 'node:fs/promises';
import { decodeFlac } from './flac/decode.js';
import { bytesFor, flacBits, packedFormat, samplesIn, type PackedFormat } from './formats.js';
import type { WfdbSignalHeader } from './header-types.js';
import { broken } from './names.js';
import { readRange, withFile } from './open.js';
import type { SignalStore } from './signal-store.js';

/** The signals that one file holds, in their order there. */
export interface SignalGroup {
  readonly file: string;
  readonly format: number;
  readonly byteOffset: number;
  readonly signals: readonly WfdbSignalHeader[];
}

/** A FLAC file is read as a whole before it is decoded. */
const mostFlacBytes = 512 * 2 ** 20;
/** Units that are read from a packed file at a time. */
const unitsAtATime = 2 ** 16;

/**
 * Frames that a file has, where a header leaves that open.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; DATA_MALFORMED for FLAC, whose files don't tell by their size
 */
export function framesIn({ file, format, byteOffset, signals }: SignalGroup): Promise<number> {
  return withFile(file, (_, size) => {
    const packed = packedFormat(format);
    if (!packed)
      throw broken(file, `the header must say how many samples a record in format ${format} has, and does not`);
    return Promise.resolve(Math.floor(samplesIn(packed, Math.max(size - byteOffset, 0)) / frameSize(signals)));
  });
}

/**
 * Puts the samples of frames [from, to) of a file, skew and all, into the stores of its signals.
 *
 * @param stores one a signal; undefined for one that nobody wants
 * @param length frames that the file must have
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; DATA_MALFORMED for a file that is shorter, or is damaged
 */
export function readSignals(
  group: SignalGroup,
  stores: readonly (SignalStore | undefined)[],
  from: number,
  to: number,
  length: number,
): Promise<void> {
  const { file, format } = group;
  return withFile(file, async (handle, size) => {
    const packed = packedFormat(format);
    if (packed) return readPacked(group, packed, stores, from, to, length, handle, size);
    if (size > mostFlacBytes)
      throw broken(file, `FLAC files of more than ${mostFlacBytes / 2 ** 20} MiB are not read, it has ${size} bytes`);
    return readFlac(group, stores, to, length, await readRange(file, handle, 0, size));
  });
}

async function readPacked(
  { file, format, byteOffset, signals }: SignalGroup,
  packed: PackedFormat,
  stores: readonly (SignalStore | undefined)[],
  from: number,
  to: number,
  length: number,
  handle: FileHandle,
  size: number,
): Promise<void> {
  const perFrame = frameSize(signals);
  const needed = byteOffset + bytesFor(packed, length * perFrame);
  if (!(needed <= size))
    throw broken(file, `it has ${size} bytes, its header's ${length} samples take ${needed}: it was cut short`);
  const { unitBytes, unitSamples } = packed;
  const samplesAtATime = unitsAtATime * unitSamples;
  // Which signal each sample of a frame is of, and which of its samples in that frame.
  const owner = signals.flatMap(({ samplesPerFrame }, i) => Array.from({ length: samplesPerFrame }, () => i));
  const within = signals.flatMap(({ samplesPerFrame }) => Array.from({ length: samplesPerFrame }, (_, i) => i));
  const differences = format === 8;
  const running = signals.map(({ initial }) => initial);
  const first = differences ? 0 : Math.floor((from * perFrame) / unitSamples) * unitSamples;
  const last = to * perFrame;
  let frame = Math.floor(first / perFrame);
  let position = first % perFrame;
  for (let start = first; start < last; start += samplesAtATime) {
    const count = Math.min(samplesAtATime, last - start);
    const at = byteOffset + (start / unitSamples) * unitBytes;
    const bytes = await readRange(file, handle, at, bytesFor(packed, count));
    for (let i = 0; i < count; i++) {
      const signal = owner[position]!;
      let value = packed.sample(bytes, i);
      if (differences) {
        running[signal]! += value;
        value = running[signal]!;
        if (value !== (value | 0)) throw broken(file, 'its differences add up to what no converter gives');
      }
      stores[signal]?.put(frame * signals[signal]!.samplesPerFrame + within[position]!, value);
      if (++position === perFrame) {
        position = 0;
        frame++;
      }
    }
  }
}

function readFlac(
  { file, format, byteOffset, signals }: SignalGroup,
  stores: readonly (SignalStore | undefined)[],
  to: number,
  length: number,
  bytes: Uint8Array,
): void {
  const { samplesPerFrame } = signals[0]!;
  if (signals.some((signal) => signal.samplesPerFrame !== samplesPerFrame))
    throw broken(file, 'signals in one FLAC file have the same number of samples a frame, its header says otherwise');
  if (byteOffset > 0) throw broken(file, 'a FLAC file begins at its first byte, its header says otherwise');
  const end = to * samplesPerFrame;
  let read = 0;
  for (const { start, channels } of decodeFlac(bytes, file, signals.length, flacBits(format)!)) {
    const count = Math.min(channels[0]!.length, end - start);
    channels.forEach((samples, i) => {
      const store = stores[i];
      if (store) for (let j = 0; j < count; j++) store.put(start + j, samples[j]!);
    });
    read = start + count;
    if (read >= end) return;
  }
  if (read < end)
    throw broken(
      file,
      `it has ${read} samples a signal, its header's ${length} frames need ${length * samplesPerFrame}: it was cut short`,
    );
}

/** Samples of all signals in one frame. */
function frameSize(signals: readonly WfdbSignalHeader[]): number {
  return signals.reduce((sum, { samplesPerFrame }) => sum + samplesPerFrame, 0);
}
