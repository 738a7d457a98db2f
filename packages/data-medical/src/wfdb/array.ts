import { assertInteger, assertThat } from '@fedward/core';
import type { ArrayCell } from '@fedward/kit-tables';
import { frameGrid } from './grid.js';
import { readWfdbHeader } from './header.js';
import { readWfdbRecord } from './record.js';

const mostCells = 2 ** 26;

/** What of a record is in a cell of a table. */
export interface WfdbArrayOptions {
  /** Signals by name, or by place from 0 on; default all. In this order. */
  readonly channels?: readonly (string | number)[];
  /** Frames of each cell; default those that the record has. */
  readonly samples?: number;
  /** The first frame; default 0. */
  readonly from?: number;
}

/**
 * A record as one cell of a table, for tables whose cells name records.
 *
 * @param file the header, a signal file, or the record without an ending
 * @returns of shape [samples, channels], in physical units, at the rate of frames (see `frameGrid`). NaN where a sample is
 *   missing, and from the record's end on, so that `"missing": "drop-row"` leaves out records that are too short
 * @throws {FedwardError} as `readWfdbRecord` does; ARGUMENT_INVALID for a number that is none
 */
export async function wfdbArray(file: string, options: WfdbArrayOptions = {}): Promise<ArrayCell> {
  const { channels, samples, from = 0 } = options;
  assertInteger('from', from);
  if (samples !== undefined) assertInteger('samples', samples, 1, mostCells);
  const { length } = await readWfdbHeader(file);
  // Of a record that ends before, one frame, for its signals.
  const first = length === undefined ? from : Math.min(from, length - 1);
  const to = samples === undefined || length === undefined ? undefined : Math.min(length, first + samples);
  const { signals, range } = await readWfdbRecord(file, {
    from: first,
    ...(channels && { channels }),
    ...(to !== undefined && { to }),
  });
  const frames = samples ?? range[1] - range[0];
  assertThat(
    frames * signals.length <= mostCells,
    'samples',
    `${frames} samples of ${signals.length} channels are more than ${mostCells} numbers`,
  );
  return frameGrid(signals, from - first, frames);
}
