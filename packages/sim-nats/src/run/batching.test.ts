import type { Frame, SiteJob } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import type { Errand } from './batch.js';
import { batchesOf } from './batching.js';

const frameOf = (floats: number): Frame => ({ sent: new Float32Array(floats) }) as unknown as Frame;
const errandOf = (clientId: string, frame: Frame): Errand =>
  ({ job: { clientId } as SiteJob, frame, signal: new AbortController().signal }) as Errand;
const idsIn = (batches: readonly Errand[][]) => batches.map((batch) => batch.map(({ job }) => job.clientId));

describe('batchesOf', () => {
  it('puts together what comes of one frame and fits one message', () => {
    const [large, small] = [frameOf(60_000), frameOf(10)];
    const waiting = ['a', 'b', 'c'].flatMap((id) => [errandOf(id, large), errandOf(id, small)]);
    expect(idsIn(batchesOf(waiting))).toEqual([['a', 'b'], ['a', 'b', 'c'], ['c']]);
  });

  it('takes a client whose update is larger than a message by itself', () => {
    const frame = frameOf(10_000_000);
    expect(idsIn(batchesOf([errandOf('a', frame), errandOf('b', frame)]))).toEqual([['a'], ['b']]);
  });

  it('leaves some for each of those who could train', () => {
    const frame = frameOf(1);
    const waiting = ['a', 'b', 'c', 'd', 'e'].map((id) => errandOf(id, frame));
    expect(idsIn(batchesOf(waiting, 2))).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    expect(batchesOf(waiting, 100)).toHaveLength(5);
  });

  it('has a client once in a batch, and no more than 32 in one', () => {
    const frame = frameOf(1);
    expect(idsIn(batchesOf([errandOf('a', frame), errandOf('a', frame), errandOf('b', frame)]))).toEqual([
      ['a'],
      ['a', 'b'],
    ]);
    const many = Array.from({ length: 70 }, (_, i) => errandOf(`client-${i}`, frame));
    expect(batchesOf(many).map((batch) => batch.length)).toEqual([32, 32, 6]);
  });
});
