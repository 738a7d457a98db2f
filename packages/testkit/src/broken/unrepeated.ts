import { Random } from '@fedward/core';

const stream = new Random('unrepeated');

/** What `Math.random` is to a plugin that draws from it: another number each time, on which no seed of a plan tells. */
export function unrepeated(): number {
  return stream.uniform();
}
