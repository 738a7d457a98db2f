import { describe, expect, it } from 'vitest';
import { LiveLogs } from './live-logs.js';

describe('what hospitals show', () => {
  it('is told in the order in which it came, of one or of all, from where one has read to', () => {
    const logs = new LiveLogs(() => '2026-01-02T03:04:05.000Z');
    logs.add('north', { event: 'asked', study: 's', round: 0 });
    logs.add('south', { event: 'refused', code: 'PLAN_NOT_APPROVED' });
    logs.add('north', { event: 'answered', study: 's', round: 0 });
    const told = logs.lines(undefined).map(({ number, site, event }) => [number, site, event]);
    expect(told).toEqual([
      [0, 'north', 'asked'],
      [1, 'south', 'refused'],
      [2, 'north', 'answered'],
    ]);
    expect(logs.lines('north', 1).map(({ number }) => number)).toEqual([2]);
    expect(logs.lines('nobody')).toEqual([]);
  });

  it('keeps the newest 500 of each', () => {
    const logs = new LiveLogs();
    logs.add('quiet', { event: 'asked' });
    for (let i = 0; i < 600; i++) logs.add('loud', { event: 'asked', round: i });
    expect(logs.lines('loud').map(({ round }) => round)).toEqual(Array.from({ length: 500 }, (_, i) => i + 100));
    expect(logs.lines('quiet')).toHaveLength(1);
  });
});
