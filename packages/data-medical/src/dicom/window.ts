import { assertPositive, assertThat } from '@fedward/core';
import { broken } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import { decimalsOf, textOf } from './values.js';

/** A part of the range of an image that is worth looking at: from about center - width / 2 to center + width / 2. */
export interface Window {
  readonly center: number;
  readonly width: number;
  /** How it goes from 0 to 1: see `windowed`. */
  readonly shape: 'linear' | 'linear-exact' | 'sigmoid';
}

/** The windows that an object proposes, in its order. @throws {FedwardError} DATA_MALFORMED */
export function windowsOf({ name, dataSet }: DicomObject): Window[] {
  const groups = dataSet.get(0x52009229)?.items?.[0] ?? dataSet.get(0x52009230)?.items?.[0];
  const source = dataSet.has(0x00281050) ? dataSet : groups?.get(0x00289132)?.items?.[0];
  if (!source) return [];
  const [centers, widths] = [decimalsOf(name, source, 0x00281050), decimalsOf(name, source, 0x00281051)];
  if (centers.length !== widths.length) throw broken(name, 'there are not as many widths of windows as centres');
  const shape = { LINEAR_EXACT: 'linear-exact', SIGMOID: 'sigmoid' }[textOf(source.get(0x00281056))[0] ?? ''];
  return centers.map((center, i) => ({ center, width: widths[i]!, shape: (shape ?? 'linear') as Window['shape'] }));
}

/**
 * Numbers as a window shows them: 0 what is below it, 1 what is above (PS3.3, sections C.11.2.1.2 and C.11.2.1.3).
 *
 * @param values rescaled, such as Hounsfield units
 * @param window `linear`: from center - 0.5 - (width - 1) / 2 on, over width - 1; `linear-exact`: from center - width / 2 on,
 *   over width; `sigmoid`: 1 / (1 + exp(-4 (x - center) / width))
 * @returns [as values], from 0 to 1
 * @throws {FedwardError} ARGUMENT_INVALID for a width of 0 or less (below 1 where it is linear)
 */
export function windowed(values: ArrayLike<number>, window: Omit<Window, 'shape'> & Partial<Window>): Float32Array {
  const { center, width, shape = 'linear' } = window;
  assertPositive('width', width);
  assertThat(Number.isFinite(center), 'center', 'center must be a finite number');
  assertThat(shape !== 'linear' || width >= 1, 'width', 'the width of a linear window must be at least 1');
  const shown = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) shown[i] = show(values[i]!, center, width, shape);
  return shown;
}

function show(value: number, center: number, width: number, shape: Window['shape']): number {
  if (shape === 'sigmoid') return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'linear-exact') return cut((value - center) / width + 0.5);
  const middle = center - 0.5;
  if (value <= middle - (width - 1) / 2) return 0; // also where the width is 1
  if (value > middle + (width - 1) / 2) return 1;
  return cut((value - middle) / (width - 1) + 0.5);
}

/** NaN stays what it is. */
function cut(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
