import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buffered } from '../server/collector.js';
import { pluginSchema } from '../plan/plan.js';
import { fakeTrainer, meanAggregator } from '../testing/fakes.js';
import { trainAndSubtract } from '../site/train-and-subtract.js';
import { definePlugin, specificationVersion, type Plugin, type TrainerSpeed } from './plugin.js';
import { PluginRegistry } from './registry.js';

const mean = definePlugin({
  kind: 'aggregator',
  name: 'mean',
  summary: 'the mean',
  options: z.strictObject({ mu: z.number().min(0).default(0) }),
  create: ({ mu }) => meanAggregator({ instruct: () => ({ payload: undefined as never, instructions: { mu } }) }),
  site: ({ mu }) => ({ ...trainAndSubtract, name: `mean of ${mu}` }),
  flags: { mu: 'mu' },
});
const collector = (name: string) =>
  definePlugin({
    ...{ kind: 'collector', name, summary: 'the first' },
    options: z.strictObject({ size: z.number(), patience: z.number().default(1) }),
    create: (options) => ({ ...buffered(options), name }),
  });
const named = (name: string, options = {}) => pluginSchema.parse({ name, options });

describe('definePlugin', () => {
  it('checks the options before anything is made, and fills in the defaults', () => {
    const aggregator = mean.create({ mu: 0.5 });
    expect(aggregator.instruct(undefined, undefined as never).instructions).toEqual({ mu: 0.5 });
    expect(mean.create(undefined).instruct(undefined, undefined as never).instructions).toEqual({ mu: 0 });
    expect(mean.site!({ mu: 2 })!.name).toBe('mean of 2');
    for (const make of [mean.create, mean.site!]) {
      expect(() => make({ mu: -1 }, 'plan.aggregator.options')).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          subject: 'plan.aggregator.options.mu',
          message: expect.stringMatching(/^mean is not valid: plan\.aggregator\.options\.mu: /) as string,
        }),
      );
      expect(() => make({ nu: 1 })).toThrow(/^mean is not valid: aggregator\.options\.nu: /);
    }
  });

  it('says what it is', () => {
    const { specificationVersion: version, kind, name, summary, flags } = mean;
    expect({ version, kind, name, summary, flags }).toEqual({
      ...{ version: specificationVersion, kind: 'aggregator', name: 'mean', summary: 'the mean', flags: { mu: 'mu' } },
    });
    expect(collector('first').flags).toEqual({});
    expect(collector('first')).not.toHaveProperty('site');
  });

  it('says how fast a trainer is, in numbers above 0', () => {
    const trainer = (speed?: TrainerSpeed) =>
      definePlugin({
        ...{
          kind: 'trainer',
          name: 'slow',
          summary: 'a fake',
          options: z.strictObject({}),
          create: () => fakeTrainer(),
        },
        ...(speed && { speed }),
      });
    const speed = { secondsAStep: 1e-3, multiplyAddsASecond: 1e9 };
    expect(trainer(speed).speed).toEqual(speed);
    expect(trainer()).not.toHaveProperty('speed');
    for (const wrong of [{ secondsAStep: 0 }, { multiplyAddsASecond: Number.NaN }])
      expect(() => trainer({ ...speed, ...wrong })).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: `speed.${Object.keys(wrong)[0]}` }),
      );
  });

  it.each(['', 'Mean', 'a b', 'a--b', '-a', '1a', '__proto__'])('refuses the name %j', (name) => {
    expect(() => collector(name)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'name' }));
  });
});

describe('PluginRegistry', () => {
  const registry = new PluginRegistry([mean, collector('late'), collector('early'), collector('mean')]);

  it('makes what a plan names, with its options, of the kind that is asked for', () => {
    expect(registry.create('collector', named('late', { size: 3 }))).toMatchObject({ name: 'late', patience: 1 });
    expect(registry.create('aggregator', named('mean')).name).toBe('mean');
    expect(registry.create('collector', named('mean', { size: 1 }))).toHaveProperty('enough');
    expect(registry.site(named('mean', { mu: 1 }))!.name).toBe('mean of 1');
  });

  it('lists each kind by name', () => {
    expect(registry.names('collector')).toEqual(['early', 'late', 'mean']);
    expect(registry.of('aggregator')).toEqual([mean]);
    expect(registry.names('query')).toEqual([]);
  });

  it('refuses a name that is not installed, and says which are', () => {
    expect(() => registry.create('collector', named('lat'))).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_UNKNOWN',
        subject: 'collector.name',
        message: expect.stringMatching(
          /^collector\.name: there is no collector named lat; installed: early, late, mean.*late/,
        ) as string,
      }),
    );
    expect(() => registry.site(named('late'), 'plan.aggregator')).toThrow(/^plan\.aggregator\.name: .* named late/);
  });

  it.each(['constructor', '__proto__', 'toString', 'aggregator mean'])('has no plugin named %s', (name) => {
    expect(() => registry.get('aggregator', name)).toThrow(expect.objectContaining({ code: 'PLUGIN_UNKNOWN' }));
  });

  it('says where bad options stand', () => {
    expect(() => registry.create('collector', named('late', { size: 'x' }), 'plan.collector')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        subject: 'plan.collector.options.size',
        message: expect.stringMatching(/^late is not valid: plan\.collector\.options\.size: /) as string,
      }),
    );
  });

  it('takes a name of a kind once', () => {
    expect(() => registry.add(collector('late'))).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'late' }),
    );
    expect(registry.add(collector('third')).names('collector')).toContain('third');
  });

  it('refuses a plugin that was made for another core', () => {
    const newer = { ...collector('newer'), specificationVersion: 2 } as unknown as Plugin;
    expect(() => new PluginRegistry([newer])).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'newer' }),
    );
  });
});
