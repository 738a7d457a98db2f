import { hasCode, type DpEvent } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { dataFolder, readReference, relativeError } from '../testing/reference.js';
import { defaultOrders, epsilonFromRdp, rdpAccountant } from './rdp-accountant.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });
const sampled = (samplingProbability: number, noiseMultiplier: number, count = 1): DpEvent => ({
  type: 'repeated',
  event: { type: 'poisson-sampled', samplingProbability, event: gaussian(noiseMultiplier) },
  count,
});

describe('epsilonFromRdp', () => {
  it('is the formula of Canonne, Kamath and Steinke at the best order', () => {
    const [a, r, delta] = [4, 0.5, 1e-3];
    const expected = r + Math.log((a - 1) / a) - (Math.log(delta) + Math.log(a)) / (a - 1);
    expect(epsilonFromRdp([1.5, 4], [10, r], delta)).toEqual({ epsilon: expected, order: 4 });
  });

  it('is 0 where delta alone is enough, and never below', () => {
    expect(epsilonFromRdp([2], [1e-11], 1e-5).epsilon).toBe(0);
    expect(epsilonFromRdp([2], [1e-9], 1e-5).epsilon).toBeGreaterThan(5);
    expect(epsilonFromRdp([1024], [1e-4], 0.01).epsilon).toBe(0); // here the formula itself is negative
  });

  it('is infinite where every order is', () => {
    expect(epsilonFromRdp([2, 3], [Infinity, Infinity], 1e-5).epsilon).toBe(Infinity);
  });
});

describe('rdpAccountant', () => {
  it('prices what was not protected with no finite epsilon, for good', () => {
    const accountant = rdpAccountant()('add-or-remove-one');
    accountant.compose({ type: 'non-private', reason: 'a test' });
    accountant.compose(gaussian(5));
    expect(accountant.epsilon(1e-5)).toBe(Infinity);
  });

  it('charges nothing for a release that takes in nobody, or never happens', () => {
    const accountant = rdpAccountant()('add-or-remove-one');
    accountant.compose(sampled(0, 1, 1000));
    accountant.compose({ type: 'repeated', event: { type: 'non-private', reason: 'never' }, count: 0 });
    expect(accountant.epsilon(1e-5)).toBe(0);
  });

  it.each<[string, DpEvent]>([
    ['poisson-sampled', { type: 'poisson-sampled', samplingProbability: 0.1, event: sampled(0.1, 1) }],
    ['poisson-sampled', { type: 'poisson-sampled', samplingProbability: 1.5, event: gaussian(1) }],
    ['laplace', { type: 'laplace', scale: 1 } as unknown as DpEvent],
    ['gaussian', gaussian(-1)],
    ['repeated', { type: 'repeated', event: gaussian(1), count: 0.5 }],
  ])('refuses what it does not know, naming %s', (type, event) => {
    const accountant = rdpAccountant()('add-or-remove-one');
    const whole: DpEvent = { type: 'composed', events: [gaussian(1), event] };
    expect(accountant.supports(whole)).toBe(false);
    expect(() => accountant.compose(whole)).toThrow(
      expect.objectContaining({ code: 'EVENT_UNSUPPORTED', subject: type, message: expect.stringContaining(type) }),
    );
    expect(accountant.epsilon(1e-5)).toBe(0);
    expect(accountant.ledger).toEqual({ type: 'none' });
  });

  it('refuses sampling under replace-one, but prices the Gaussian', () => {
    const accountant = rdpAccountant()('replace-one');
    expect(() => accountant.preview(sampled(0.1, 1), 1e-5)).toThrow(/poisson-sampled under replace-one/);
    expect(accountant.preview(gaussian(1), 1e-5)).toBe(rdpAccountant()('add-or-remove-one').preview(gaussian(1), 1e-5));
  });

  it('names the option at fault', () => {
    const create = (orders: number[]) => () => rdpAccountant({ orders }, 'privacy.accountant.options');
    expect(create([])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'privacy.accountant.options.orders' }),
    );
    expect(create([2, 1])).toThrow(expect.objectContaining({ subject: 'privacy.accountant.options.orders.1' }));
  });

  it('computes a curve once: previews of later rounds cost next to nothing', () => {
    const create = rdpAccountant();
    const started = performance.now();
    for (let round = 0; round < 5000; round++) create('add-or-remove-one').preview(sampled(0.01, 1, round), 1e-5);
    expect(performance.now() - started).toBeLessThan(2000); // a curve takes over 1 ms, 5000 of them over 5 s
  });

  it('keeps few curves, however many are asked for', () => {
    const create = rdpAccountant({ orders: [2, 3] });
    const before = create('add-or-remove-one').preview(sampled(0.5, 1), 1e-5);
    for (let i = 1; i < 2000; i++) create('add-or-remove-one').preview(sampled(0.5, 1 + i / 1000), 1e-5);
    expect(create('add-or-remove-one').preview(sampled(0.5, 1), 1e-5)).toBe(before);
  });

  it('needs orders above 63 for small epsilons', () => {
    const event = sampled(32 / 350, 98, 990);
    const few = rdpAccountant({ orders: defaultOrders.filter((order) => order <= 63) });
    expect(rdpAccountant()('add-or-remove-one').preview(event, 1e-5)).toBeLessThan(0.1);
    expect(few('add-or-remove-one').preview(event, 1e-5)).toBeGreaterThan(0.1);
  });

  it('throws errors that core knows', () => {
    try {
      rdpAccountant()('replace-one').compose(sampled(0.1, 1));
      expect.unreachable();
    } catch (error) {
      expect(hasCode(error, 'EVENT_UNSUPPORTED')).toBe(true);
    }
  });
});

interface Row {
  noise_multiplier: number;
  sampling_probability: number;
  steps: number;
  delta: number;
}

describe.skipIf(!dataFolder)('RDP against published accountants (needs FEDWARD_DATA)', () => {
  it('gives epsilon_exact_rdp in all rows of rdp_epsilon.json', () => {
    const { orders, rows } = readReference<{
      orders: number[];
      rows: (Row & { epsilon_exact_rdp: number; epsilon: number })[];
    }>('rdp_epsilon.json');
    expect(defaultOrders).toEqual(orders);
    expect(rows).toHaveLength(480);
    const create = rdpAccountant();
    for (const row of rows) {
      const accountant = create('add-or-remove-one');
      accountant.compose(sampled(row.sampling_probability, row.noise_multiplier, row.steps));
      const epsilon = accountant.epsilon(row.delta);
      expect(relativeError(epsilon, row.epsilon_exact_rdp), JSON.stringify(row)).toBeLessThan(1e-10);
      expect(epsilon).toBeLessThanOrEqual(row.epsilon * (1 + 1e-10)); // that library adds absolute values
    }
  });

  it('is never below the PLD, which is tighter', () => {
    const { rows } = readReference<{ rows: (Row & { epsilon: number })[] }>('pld_epsilon.json');
    const create = rdpAccountant();
    for (const { sampling_probability, noise_multiplier, steps, delta, epsilon } of rows)
      expect(
        create('add-or-remove-one').preview(sampled(sampling_probability, noise_multiplier, steps), delta),
      ).toBeGreaterThanOrEqual(epsilon);
  });

  it("gives Opacus's epsilons with Opacus's orders", () => {
    const { opacus_rdp, epsilon_rows } = readReference<{
      opacus_rdp: { orders: number[] };
      epsilon_rows: (Row & { opacus_rdp_epsilon: number })[];
    }>('opacus_epsilon.json');
    const create = rdpAccountant({ orders: opacus_rdp.orders });
    expect(epsilon_rows).toHaveLength(17);
    for (const row of epsilon_rows) {
      const event = sampled(row.sampling_probability, row.noise_multiplier, row.steps);
      const epsilon = create('add-or-remove-one').preview(event, row.delta);
      expect(relativeError(epsilon, row.opacus_rdp_epsilon), JSON.stringify(row)).toBeLessThan(1e-9);
    }
  });

  it('gives the budgets of the tutorial, orders near 1 included', () => {
    const tutorial = readReference<{
      'results_at_delta_1e-5': Record<
        string,
        Row & { epsilon_rdp: number; rdp_order: number; sampling_probability: number }
      >;
    }>('seed_tutorial_budget.json');
    for (const row of Object.values(tutorial['results_at_delta_1e-5'])) {
      const create = rdpAccountant({ orders: [row.rdp_order] });
      const event = sampled(row.sampling_probability, row.noise_multiplier, row.steps);
      expect(relativeError(create('add-or-remove-one').preview(event, 1e-5), row.epsilon_rdp)).toBeLessThan(1e-9);
    }
  });
});
