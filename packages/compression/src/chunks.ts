import type { Layout } from '@fedward/core';

/** Neighbouring values of one tensor, which share a scale: from `start` up to `end`, without it. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts each tensor into pieces of at most `size` values, in order. No piece spans two tensors: those of a model differ by
 * orders of magnitude, and so would the rounding of the small one.
 */
export function* chunksOf({ tensors }: Layout, size: number): Generator<Chunk> {
  for (const { offset, size: length } of tensors)
    for (let start = offset; start < offset + length; start += size)
      yield { start, end: Math.min(start + size, offset + length) };
}

/** How many pieces `chunksOf` makes. */
export function countChunks({ tensors }: Layout, size: number): number {
  return tensors.reduce((sum, tensor) => sum + Math.ceil(tensor.size / size), 0);
}
