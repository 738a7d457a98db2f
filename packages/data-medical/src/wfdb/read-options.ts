import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';

const count = z.int().min(0);
const schema = z.strictObject({
  from: count.default(0),
  to: count.optional(),
  channels: z
    .array(z.union([z.string().min(1), count]))
    .min(1)
    .optional(),
  verify: z.boolean().default(true),
  mostSamples: z
    .int()
    .min(1)
    .default(2 ** 26),
});

/** What of a record is read. */
export interface WfdbReadOptions {
  /** The first frame; default 0. */
  readonly from?: number;
  /** The frame after the last; default the record's end. */
  readonly to?: number;
  /** Signals by name, or by place from 0 on where names are not unique; default all. In this order. */
  readonly channels?: readonly (string | number)[];
  /** Whether checksums are compared, which is done where a record is read from its first to its last frame. Default true. */
  readonly verify?: boolean;
  /** More samples than these, of all signals together, are refused: each takes 8 bytes of memory. Default 2^26. */
  readonly mostSamples?: number;
}

/** Options with their defaults. */
export type ReadOptions = z.output<typeof schema>;

/** @throws {FedwardError} CONFIG_INVALID naming the option */
export function readOptions(options: WfdbReadOptions): ReadOptions {
  return parseWith(schema, options, 'what was asked of a WFDB record');
}

/**
 * The range that is read of so many frames.
 * @throws {FedwardError} CONFIG_INVALID where the record has not so many
 */
export function rangeOf({ from, to }: ReadOptions, length: number, record: string): readonly [number, number] {
  const end = to ?? length;
  if (end > length || from >= end)
    throw new FedwardError(
      'CONFIG_INVALID',
      `${record} has ${length} frames: from ${from} to ${end} can't be read`,
      from >= length ? 'from' : 'to',
    );
  return [from, end];
}

/**
 * Places of the signals that are wanted.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where one is not there, or two have its name
 */
export function channelsOf({ channels }: ReadOptions, names: readonly string[], record: string): number[] {
  return (channels ?? names.map((_, i) => i)).map((channel) => {
    const found = typeof channel === 'number' ? channel : names.indexOf(channel);
    if (found < 0 || found >= names.length)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${record} has no signal ${String(channel)}: it has ${names.join(', ') || 'none'}`,
        'channels',
      );
    if (typeof channel === 'string' && names.lastIndexOf(channel) !== found)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${record} has more than one signal ${channel}: name it by its place, from 0 on`,
        'channels',
      );
    return found;
  });
}

/** @throws {FedwardError} DATA_MALFORMED where more is asked for than may be in memory */
export function assertNotTooMany(samples: number, { mostSamples }: ReadOptions, record: string): void {
  if (!(samples <= mostSamples))
    throw new FedwardError(
      'DATA_MALFORMED',
      `${record}: ${samples} samples at once, at most ${mostSamples} are read: read a part of it (from, to), or raise ` +
        'mostSamples',
      record,
    );
}
