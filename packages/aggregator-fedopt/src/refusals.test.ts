import { parseQueryPlan, PluginRegistry } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { plugins } from './index.js';
import { plan } from './testing/rounds.js';

const registry = new PluginRegistry(plugins);
const names = ['fedavgm', 'fedadagrad', 'fedadam', 'fedyogi'];

describe.each(names)('%s', (name) => {
  it('is made by its name, needs nothing but a sum, and has no half at the sites', () => {
    const aggregator = registry.create('aggregator', { name, options: {} });
    expect(aggregator).toMatchObject({ name, requires: [] });
    expect(aggregator.provides).toEqual(['sum-only', 'bounded-sensitivity', 'plain-changes']);
    expect(aggregator.strategy).toBeUndefined();
  });

  it('takes a training, and refuses a plan whose work is a query', () => {
    const aggregator = registry.create('aggregator', { name, options: {} });
    const { schemaVersion, seed, rounds } = plan;
    const asks = parseQueryPlan({ ...{ schemaVersion, seed, rounds, name: 'q' }, query: { name: 'counts' }, aggregator: { name } }); // prettier-ignore
    expect(() => aggregator.validate!(plan)).not.toThrow();
    expect(() => aggregator.validate!(asks)).toThrow(
      expect.objectContaining({
        ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'aggregator.name' },
        message: expect.stringContaining(`${name} averages changes of models`) as string,
      }),
    );
  });

  const wrong: [string, number | string][] = [
    ['learningRate', 0],
    ['learningRate', Infinity],
    ['momentun', 0.9],
  ];
  if (name === 'fedavgm') wrong.push(['momentum', 1], ['momentum', -0.1]);
  else wrong.push(['beta1', 1], ['tau', 0], ['initialAccumulator', -1]);
  if (name === 'fedadam') wrong.push(['biasCorrection', 'some'], ['beta2', 1]);

  it.each(wrong)('refuses %s = %s', (option, value) => {
    const subject = option === 'momentun' ? 'aggregator.options' : `aggregator.options.${option}`;
    expect(() => registry.create('aggregator', { name, options: { [option]: value } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: expect.stringContaining(subject) as string }),
    );
  });
});
