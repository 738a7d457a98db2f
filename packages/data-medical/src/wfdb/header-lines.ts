import { isKnownFormat, formatsRead, nullFormat } from './formats.js';
import type { WfdbHeader, WfdbSegment, WfdbSignalHeader } from './header-types.js';
import { besideHeader, broken } from './names.js';

/** A line of a header that is no comment. */
export interface HeaderLine {
  readonly text: string;
  /** From 1 on. */
  readonly number: number;
}

/** What the first line says. */
export interface RecordLine extends Omit<
  WfdbHeader,
  'file' | 'signals' | 'segments' | 'layout' | 'comments' | 'signalCount'
> {
  readonly signalCount: number;
  readonly segmentCount: number | undefined;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** More signals or segments than any device or archive has; memory is bounded by it. */
const most = { signals: 10_000, segments: 1_000_000, samplesPerFrame: 100_000 };

/** Reads fields of one line, with errors that name it. */
function fieldReader(file: string, { number }: HeaderLine) {
  const fail = (what: string): never => {
    throw broken(file, what, number);
  };
  const integer = (field: string, what: string, minimum = Number.MIN_SAFE_INTEGER): number => {
    const value = /^[+-]?\d+$/.test(field) ? Number(field) : NaN;
    return Number.isSafeInteger(value) && value >= minimum ? value : fail(`the ${what} is no such integer`);
  };
  const real = (field: string, what: string): number => {
    const value = decimal.test(field) ? Number(field) : NaN;
    return Number.isFinite(value) ? value : fail(`the ${what} is not a number`);
  };
  return { fail, integer, real };
}

/** `name/segments signals frequency/counter(base) length time date`, all after the second left out at will. */
export function readRecordLine(file: string, line: HeaderLine): RecordLine {
  const { fail, integer, real } = fieldReader(file, line);
  const [name, signals, rate, length, time, date, ...more] = line.text.split(/\s+/);
  if (signals === undefined) fail('a record line has a name and a number of signals');
  if (more.length > 0) fail('the record line has more fields than there are');
  const [, plain, segments] = /^([^/\\]+)(?:\/(\d+))?$/.exec(name!) ?? fail('the name of the record is none');
  const signalCount = integer(signals!, 'number of signals', 0);
  const segmentCount = segments === undefined ? undefined : integer(segments, 'number of segments', 1);
  if (signalCount > most.signals) fail(`more than ${most.signals} signals are not read`);
  if (segmentCount !== undefined && segmentCount > most.segments)
    fail(`more than ${most.segments} segments are not read`);
  const [, frames = '250', counter, base = '0'] =
    /^([^/]+)(?:\/([^()]+)(?:\(([^()]+)\))?)?$/.exec(rate ?? '250') ?? fail('the sampling frequency is not a number');
  const frequency = real(frames!, 'sampling frequency');
  const counterFrequency = counter === undefined ? frequency : real(counter, 'counter frequency');
  if (!(frequency > 0 && counterFrequency > 0)) fail('a frequency is above 0');
  const frameCount = integer(length ?? '0', 'number of samples', 0);
  return {
    name: plain!,
    signalCount,
    segmentCount,
    frequency,
    counterFrequency,
    baseCounter: real(base, 'base counter value'),
    length: frameCount === 0 ? undefined : frameCount,
    time,
    date,
  };
}

/**
 * `file format gain resolution zero initial checksum blocksize description`, where format is
 * `16x4:3+24` (samples a frame, skew, byte offset) and gain `200(1024)/mV` (baseline, units).
 */
export function readSignalLine(file: string, line: HeaderLine, index: number): WfdbSignalHeader {
  const { fail, integer, real } = fieldReader(file, line);
  const parts =
    /^(\S+)\s+(\S+)((?:\s+\S+){0,6})(.*)$/s.exec(line.text) ?? fail('a signal line has a file and a format');
  const [, name, formatField, numbers, description] = parts as unknown as [string, string, string, string, string];
  const [gainField = '0', resolution = '0', zeroField = '0', initial, checksum] = numbers.split(/\s+/).slice(1);
  const [, code, samplesPerFrame = '1', skew = '0', byteOffset = '0'] =
    /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(formatField) ?? fail('the format is not one');
  const format = integer(code!, 'format', 0);
  if (!isKnownFormat(format)) fail(`signals in format ${format} are not read; those in ${formatsRead} are`);
  const stored = name !== '~';
  if (stored !== (format !== nullFormat)) fail('format 0 is for signals of which nothing is stored (~), and no others');
  const [, gainText, baseline, units = 'mV'] =
    /^([^()/]+)(?:\(([^()]+)\))?(?:\/(\S+))?$/.exec(gainField) ?? fail('the gain is not a number');
  const gain = real(gainText!, 'gain');
  const perFrame = integer(samplesPerFrame, 'number of samples a frame', 1);
  if (perFrame > most.samplesPerFrame) fail(`more than ${most.samplesPerFrame} samples a frame are not read`);
  const zero = integer(zeroField, 'ADC zero');
  return {
    name: description.trim() || `signal ${index + 1}`,
    file: stored ? besideHeader(file, name, line.number) : undefined,
    format,
    samplesPerFrame: perFrame,
    skew: integer(skew, 'skew', 0),
    byteOffset: integer(byteOffset, 'byte offset', 0),
    gain: gain === 0 ? 200 : gain,
    calibrated: gain !== 0,
    baseline: baseline === undefined ? zero : integer(baseline, 'baseline'),
    units,
    resolution: integer(resolution, 'resolution', 0),
    initial: initial === undefined ? zero : integer(initial, 'initial value'),
    checksum: checksum === undefined ? undefined : integer(checksum, 'checksum') & 0xffff,
  };
}

/** `name length`, the name without `.hea`; `~` for a gap. */
export function readSegmentLine(file: string, line: HeaderLine): WfdbSegment {
  const { fail, integer } = fieldReader(file, line);
  const [name, length, ...more] = line.text.split(/\s+/);
  if (length === undefined || more.length > 0) fail('a segment line has a name and a number of samples');
  return {
    file: name === '~' ? undefined : besideHeader(file, `${name}.hea`, line.number),
    length: integer(length!, 'number of samples', 0),
  };
}
