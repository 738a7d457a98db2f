import type { LocalTrainer } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import restlessTrainer from '../testing/restless-trainer.js';
import { countingTrainer } from './counting-trainer.js';
import { oneAtATime } from './one-at-a-time.js';
import { ThreadPool } from '../threads/pool.js';
import { pooledTrainer } from '../threads/pooled-trainer.js';
import { TrainingWork } from './training-work.js';

const pool = new ThreadPool({ workers: 1, trainer: { name: 'restless' } }); // never started
const wrappers: Record<string, (inner: LocalTrainer) => LocalTrainer> = {
  counting: (inner) => countingTrainer(inner, new TrainingWork()),
  'one at a time': oneAtATime,
  pooled: (inner) => pooledTrainer(inner, pool, new TrainingWork()),
};

describe.each(Object.entries(wrappers))('a trainer, %s,', (_, wrap) => {
  it('provides what the one inside does, and no more', () => {
    expect(wrap(restlessTrainer()).provides).toEqual(restlessTrainer().provides);
    const { provides: _provides, ...bare } = restlessTrainer();
    expect(wrap(bare)).not.toHaveProperty('provides');
  });
});
