import { describe, expect, it } from 'vitest';
import { tutorial } from '../scenario/tutorial.js';
import { populationOf } from '../scenario/population.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';

const population = populationOf([], { test: {} as never, inputShape: [100], classes: 2 });
const plan = (options: Partial<SimulateOptions>) =>
  buildPlan(tutorial, population, { scenario: 'tutorial', ...options }, allInstalled);

describe('keys that are set', () => {
  it('win over config and options', () => {
    const config = { rounds: 7, aggregator: { name: 'fedprox', options: { mu: 1 } } };
    const set = { rounds: 3, 'aggregator.options.mu': 0.1, quorum: 2 };
    expect(plan({ config, rounds: 5, set })).toMatchObject({
      ...{ rounds: 3, quorum: 2 },
      aggregator: { name: 'fedprox', options: { mu: 0.1 } },
    });
  });

  it('make what is missing on the way, and name another plugin', () => {
    const set = { 'aggregator.name': 'fedprox', 'aggregator.options.mu': 0.5 };
    expect(plan({ set }).aggregator).toEqual({ name: 'fedprox', options: { mu: 0.5 } });
    const adaptive = plan({ privacy: 'central', set: { 'privacy.mechanisms.0.options.adaptive.quantile': 0.4 } });
    expect(adaptive.privacy!.mechanisms[0]!.options).toMatchObject({ adaptive: { quantile: 0.4 } });
  });

  it('are there before privacy is priced', () => {
    const noise = (rounds: number) =>
      plan({ epsilon: 2, delta: 1e-6, set: { rounds } }).privacy!.mechanisms[0]!.options['noiseMultiplier'] as number;
    expect(noise(40)).toBeGreaterThan(noise(10));
    expect(noise(10)).toBe(
      plan({ epsilon: 2, delta: 1e-6, rounds: 10 }).privacy!.mechanisms[0]!.options['noiseMultiplier'],
    );
  });

  it.each([
    ['round', 3, /^--set round: a plan has no round; did you mean rounds/],
    ['agregator.name', 'x', /agregator.*did you mean aggregator/],
    ['training.optimiser.name', 'sgd', /training\.optimiser; did you mean optimizer/],
    ['training.batches.probabilty', 0.5, /did you mean probability/],
    ['privacy.mechanisms.0.options.clipNrm', 1, /dp-sgd has no option clipNrm; it has .*did you mean clipNorm/],
    ['privacy.mechanisms.7.name', 'x', /a list of 1/],
    ['__proto__.rounds', 1, /__proto__/],
    ['constructor', 1, /constructor/],
  ])('refuse %s, by its name', (key, value, why) => {
    expect(() => plan({ set: { [key]: value } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: key, message: expect.stringMatching(why) as string }),
    );
  });

  it('leave it to the plan to say what a value should be', () => {
    expect(() => plan({ set: { rounds: 'many' } })).toThrow(expect.objectContaining({ subject: 'rounds' }));
  });
});
