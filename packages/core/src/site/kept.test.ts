import { describe, expect, it } from 'vitest';
import { RoundMemory } from './kept.js';

describe('what mechanisms remember of a round', () => {
  it('is of one mechanism, round, run and site', () => {
    const memory = new RoundMemory();
    memory.of('a', 'run-1', 0, 'm').set('kept');
    expect(memory.of('a', 'run-1', 0, 'm').get()).toBe('kept');
    expect(memory.of('a', 'run-1', 0, 'other').get()).toBeNull();
    expect(memory.of('b', 'run-1', 0, 'm').get()).toBeNull();
    memory.of('a', 'run-1', 0, 'other').set('too');
    expect(memory.of('a', 'run-1', 0, 'm').get()).toBe('kept');
  });

  it.each([
    ['round', 'run-1', 1],
    ['run', 'run-2', 0],
  ])('is gone with the next %s', (_, runId, round) => {
    const memory = new RoundMemory();
    const place = memory.of('a', 'run-1', 0, 'm');
    place.set('key');
    expect(memory.of('a', runId, round, 'm').get()).toBeNull();
    expect([place.get(), memory.of('a', 'run-1', 0, 'm').get()]).toEqual([null, null]);
  });

  it('is not what an earlier round keeps too late', () => {
    const memory = new RoundMemory();
    const late = memory.of('a', 'run-1', 0, 'm');
    const place = memory.of('a', 'run-1', 1, 'm');
    place.set('new');
    late.set('old');
    expect([place.get(), late.get()]).toEqual(['new', null]);
  });
});
