import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseWith, pluginSchema } from './plan.js';
import { Registry } from './registry.js';

const double = (options: unknown, path = 'options') => {
  const { by } = parseWith(z.strictObject({ by: z.number() }), options, path);
  return (x: number) => by * x;
};

describe('Registry', () => {
  const registry = new Registry('scaler', { times: double, also: double });
  const named = (name: string, options = {}) => pluginSchema.parse({ name, options });

  it('makes what a plan names, with its options', () => {
    expect(registry.create(named('times', { by: 3 }))(2)).toBe(6);
    expect(registry.names).toEqual(['also', 'times']);
    expect(registry.kind).toBe('scaler');
  });

  it('refuses a name that is not installed, and says which are', () => {
    expect(() => registry.create(named('thrice'))).toThrow(
      expect.objectContaining({ code: 'PLUGIN_UNKNOWN', subject: 'scaler.name' }),
    );
    expect(() => registry.create(named('thrice'), 'privacy.mechanisms.0')).toThrow(
      'privacy.mechanisms.0.name: there is no scaler named thrice; installed: also, times',
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('has no plugin named %s', (name) => {
    expect(() => registry.create(named(name))).toThrow(expect.objectContaining({ code: 'PLUGIN_UNKNOWN' }));
  });

  it('says where bad options stand', () => {
    expect(() => registry.create(named('times', { by: 'x' }), 'aggregator')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/^aggregator\.options .*by/) as string,
      }),
    );
  });

  it('takes a name once', () => {
    const other = new Registry<unknown>('thing').register('a', double);
    expect(other.names).toEqual(['a']);
    expect(() => other.register('a', double)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'a' }),
    );
  });
});
