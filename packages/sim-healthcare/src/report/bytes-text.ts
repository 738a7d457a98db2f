import type { SimulationResult } from '../run/result.js';

/** What went to hospitals and came from them, in one sentence; undefined where a result does not say. */
export function bytesText({ bytes, compression }: Pick<SimulationResult, 'bytes' | 'compression'>): string | undefined {
  if (!bytes) return undefined;
  const { sent, received, uncompressed } = bytes;
  const share =
    uncompressed > 0 ? `, ${((100 * received) / uncompressed).toFixed(1)}% of the ${shown(uncompressed)}` : '';
  const smaller = compression === undefined ? '' : `${share} that they would be without compression ${compression}`;
  return `${shown(sent)} of models sent to hospitals, ${shown(received)} of updates received${smaller}`;
}

/** Bytes up to 9999, and thousands or millions of them beyond. */
function shown(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  return bytes < 10_000_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
