import { PluginRegistry, type DpEvent } from '@fedward/core';
import { expect, it } from 'vitest';
import { plugins } from './index.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });
const create = () => new PluginRegistry(plugins).create('accountant', { name: 'my-plugin', options: {} });

it('adds rho up, and turns the sum into an epsilon', () => {
  const accountant = create()('replace-one');
  accountant.compose(gaussian(2)); // rho = 1/8
  accountant.compose({ type: 'repeated', event: gaussian(4), count: 4 }); // 4/32
  expect(accountant.epsilon(Math.exp(-16))).toBeCloseTo(0.25 + 2 * Math.sqrt(0.25 * 16), 12);
});

it('takes no options', () => {
  const wrong = { name: 'my-plugin', options: { orders: [2] } };
  expect(() => new PluginRegistry(plugins).create('accountant', wrong)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'accountant.options.orders' }),
  );
});
