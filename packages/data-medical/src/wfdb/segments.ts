import { readWfdbHeader } from './header.js';
import type { WfdbHeader, WfdbSegment, WfdbSignalHeader } from './header-types.js';
import { broken } from './names.js';
import { assertNotTooMany, channelsOf, rangeOf, type ReadOptions } from './read-options.js';
import type { WfdbRecord, WfdbSignal } from './record-types.js';
import { nothingStored } from './signal-store.js';
import { readSingle } from './single.js';

/** The header of a record of several segments. */
export interface SegmentedHeader extends WfdbHeader {
  readonly segments: readonly WfdbSegment[];
}

interface Joined {
  readonly signal: WfdbSignalHeader;
  readonly values: Float32Array;
  digital: Int32Array | undefined;
}

/**
 * Reads a range of a record of several segments: in fixed layout each has the same signals in the same order, in variable
 * layout signals are told by their names, and one that a segment lacks is missing there. Segments outside the range are
 * not opened, so that an archive from which some are absent can be read in parts.
 */
export async function readSegments(header: SegmentedHeader, options: ReadOptions): Promise<WfdbRecord> {
  const { file, segments, layout } = header;
  const length = header.length!;
  const [from, to] = rangeOf(options, length, file);
  const template = layout ?? segments.find((segment) => segment.file !== undefined)?.file;
  if (template === undefined) throw broken(file, 'all its segments are gaps');
  const described = await readSegmentHeader(header, template);
  if (described.signals.length !== header.signalCount)
    throw broken(template, `it has ${described.signals.length} signals, its record says ${header.signalCount}`);
  const wanted = channelsOf(
    options,
    described.signals.map(({ name }) => name),
    file,
  );
  const frames = to - from;
  const samples = wanted.reduce((sum, channel) => sum + frames * described.signals[channel]!.samplesPerFrame, 0);
  assertNotTooMany(samples, options, file);
  const joined = wanted.map((channel): Joined => {
    const signal = described.signals[channel]!;
    const size = frames * signal.samplesPerFrame;
    return { signal, values: new Float32Array(size).fill(NaN), digital: new Int32Array(size).fill(nothingStored) };
  });
  const files = [file, template];
  let verified = options.verify;
  let start = 0;
  for (const segment of segments) {
    const [first, last] = [Math.max(from, start), Math.min(to, start + segment.length)];
    if (first < last && segment.file !== undefined) {
      const own = await readSegmentHeader(header, segment.file);
      if (own.length !== undefined && own.length !== segment.length)
        throw broken(segment.file, `it has ${own.length} samples, its record says ${segment.length}`);
      const places = layout === undefined ? wanted : joined.map(({ signal }) => placeOf(signal, own));
      if (layout === undefined) assertSameSignals(own, described);
      const there = places.filter((place) => place >= 0);
      if (there.length > 0) {
        const range = { from: first - start, to: last - start, channels: there };
        const part = await readSingle({ ...own, length: segment.length }, { ...options, ...range });
        let next = 0;
        places.forEach((place, i) => place >= 0 && put(joined[i]!, part.signals[next++]!, first - from, segment.file!));
        files.push(...part.files);
        verified &&= part.verified;
      }
    }
    start += segment.length;
  }
  return {
    name: header.name,
    frequency: header.frequency,
    length,
    range: [from, to],
    signals: joined.map(({ signal, values, digital }) => signalOf(header, signal, values, digital)),
    comments: header.comments,
    files: [...new Set(files)],
    verified,
  };
}

async function readSegmentHeader({ file, frequency }: SegmentedHeader, segment: string): Promise<WfdbHeader> {
  const own = await readWfdbHeader(segment);
  if (own.segments) throw broken(segment, `it is a segment of ${file} and has segments itself`);
  if (own.frequency !== frequency) throw broken(segment, `it has another sampling frequency than ${file}`);
  return own;
}

/** Where a segment has a signal of the layout; -1 where it lacks it. */
function placeOf({ name }: WfdbSignalHeader, { file, signals }: WfdbHeader): number {
  const place = signals.findIndex((signal) => signal.name === name);
  if (place >= 0 && signals.some((signal, i) => i > place && signal.name === name))
    throw broken(file, `it has more than one signal ${name}`);
  return place;
}

function assertSameSignals(own: WfdbHeader, { file, signals }: WfdbHeader): void {
  const differs = own.signals.length !== signals.length || own.signals.some(({ name }, i) => name !== signals[i]!.name);
  if (differs) throw broken(own.file, `it has other signals than ${file}, and the record no layout that says so`);
}

/** Puts what a segment has of a signal into its place. */
function put(joined: Joined, part: WfdbSignal, frame: number, segment: string): void {
  const { signal, values, digital } = joined;
  if (part.samplesPerFrame !== signal.samplesPerFrame || part.units !== signal.units)
    throw broken(segment, `signal ${signal.name} has other units or samples a frame than in the rest of the record`);
  const at = frame * signal.samplesPerFrame;
  values.set(part.values, at);
  if (part.gain === signal.gain && part.baseline === signal.baseline) digital?.set(part.digital!, at);
  else joined.digital = undefined;
}

function signalOf(
  { frequency }: WfdbHeader,
  { name, units, calibrated, gain, baseline, samplesPerFrame }: WfdbSignalHeader,
  values: Float32Array,
  digital: Int32Array | undefined,
): WfdbSignal {
  return {
    name,
    units,
    calibrated,
    gain,
    baseline,
    samplesPerFrame,
    frequency: frequency * samplesPerFrame,
    values,
    digital,
  };
}
