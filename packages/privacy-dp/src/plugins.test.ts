import { PluginRegistry } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { plugins } from './index.js';
import { planWith, poisson, queryPlanWith, shuffle } from './testing/plan.js';

const registry = new PluginRegistry(plugins);
const noise = { clipNorm: 1, noiseMultiplier: 2 };
const hospital = planWith(shuffle, { unit: 'hospital' });
/** Options that each has, and a plan that it is for. */
const mechanisms = {
  central: [{ ...noise, expectedClients: 3, adaptive: { quantile: 0.4 } }, hospital],
  'dp-ftrl': [{ ...noise, expectedClients: 3, bands: 2 }, hospital],
  'dp-sgd': [noise, planWith(poisson)],
  local: [noise, planWith(shuffle)],
  'noisy-answers': [{ noiseMultiplier: 2 }, queryPlanWith()],
  'tutorial-041': [{ epsilon: 1, delta: 1e-5, clipNorm: 1 }, planWith(shuffle)],
} as const;

describe('plugins', () => {
  it('are these mechanisms and accountants', () => {
    expect(registry.names('mechanism')).toEqual(Object.keys(mechanisms));
    expect(registry.names('accountant')).toEqual(['gaussian', 'pld', 'rdp']);
  });

  it.each(Object.entries(mechanisms))('make %s from its options, and name a wrong one', (name, [options, plan]) => {
    const mechanism = registry.create('mechanism', { name, options });
    expect(mechanism.name).toBe(name);
    expect(() => mechanism.validate?.(plan)).not.toThrow();
    const wrong = { ...options, median: true };
    expect(() => registry.create('mechanism', { name, options: wrong }, 'privacy.mechanisms.0')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        subject: 'privacy.mechanisms.0.options.median',
        message: expect.stringContaining('privacy.mechanisms.0.options.median'),
      }),
    );
  });

  it.each(registry.names('accountant'))('make the accountant %s', (name) => {
    const accountant = registry.create('accountant', { name, options: {} })('add-or-remove-one');
    expect(accountant.name).toBe(name);
    expect(accountant.preview({ type: 'gaussian', noiseMultiplier: 2 }, 1e-5)).toBeGreaterThan(1);
    expect(() => registry.create('accountant', { name, options: { median: true } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'accountant.options.median' }),
    );
  });

  it('describe each option for people, and their short options name one that there is', () => {
    for (const { name, options, flags, summary } of plugins) {
      expect(summary, name).toMatch(/^\S.{20,119}$/);
      const described = descriptionsOf(options);
      for (const [path, description] of described) expect(description, `${name}: ${path}`).toMatch(/\S/);
      for (const path of Object.values(flags)) expect([...described.keys()], name).toContain(path);
    }
  });
});

/** What is said of each option, by its path. */
function descriptionsOf(options: z.ZodType, path = ''): Map<string, string | undefined> {
  const inner = options instanceof z.ZodOptional ? (options.unwrap() as z.ZodType) : options;
  const found = new Map<string, string | undefined>(path === '' ? [] : [[path, options.description]]);
  if (inner instanceof z.ZodObject)
    for (const [key, member] of Object.entries(inner.shape as Record<string, z.ZodType>))
      for (const [at, said] of descriptionsOf(member, path === '' ? key : `${path}.${key}`)) found.set(at, said);
  return found;
}
