import { describe, expect, it } from 'vitest';
import { timesOf } from './points.js';

describe('timesOf', () => {
  it('takes a round from its start to that of the next, less the longest training', () => {
    const coordinator = [
      { at: 100, point: 'coordinator.round-started', round: 0, used: 1 },
      { at: 190, point: 'coordinator.checkpoint-saved', round: 0, used: 1.25 },
      { at: 200, point: 'coordinator.round-started', round: 1, used: 1.5 },
      { at: 260, point: 'coordinator.checkpoint-saved', round: 1, used: 2 },
    ];
    const trainings = (used: number, ...times: [number, number][]) =>
      times.flatMap(([begun, done], round) => [
        { at: begun, point: 'site.training', round, used },
        { at: done, point: 'site.trained', round, used: used * 2 },
      ]);
    const sites = [trainings(1, [110, 150], [215, 220]), trainings(3, [120, 180], [210, 240])];
    expect(timesOf([coordinator, ...sites])).toEqual({
      rounds: [
        { whole: 100, training: 60, before: 20, after: 20 },
        { whole: 60, training: 30, before: 15, after: 20 },
      ],
      processors: { coordinator: 1, hospital: 3 },
    });
  });
});
