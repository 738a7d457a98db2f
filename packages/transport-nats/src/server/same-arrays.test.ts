import { describe, expect, it } from 'vitest';
import { taskOf } from '../testing/clients.js';
import { prepare } from './question.js';

const asking = (to: string) => ({ federation: 'fed', from: 'coordinator', to, runId: 'run-1', planHash: 'sha256:00' });

describe('what a whole cohort is sent', () => {
  it('is encoded once, and anew where it is another round’s or other arrays go with it', () => {
    const task = taskOf(0);
    const sentTo = (to: string, more = {}) => prepare({ kind: 'answer', task: { ...task, ...more } }, asking(to), '');
    const first = sentTo('a');
    expect(sentTo('b', { noted: 3 }).arrays).toBe(first.arrays);
    // The very object that was sent before, with other numbers in it.
    task.payload.values[0] = 77;
    const next = sentTo('a', { round: 1 });
    expect(next.arrays).not.toEqual(first.arrays);
    expect(next.body.payload!.sha256).not.toBe(first.body.payload!.sha256);
    const more = sentTo('b', { round: 1, forMechanisms: { masks: new Uint8Array(4) } });
    expect(more.arrays!.length).toBeGreaterThan(next.arrays!.length);
    expect(sentTo('b', { round: 1, runId: 'run-2' }).arrays).not.toBe(next.arrays);
  });
});
