import { describe, expect, it } from 'vitest';
import { rdpAccountant } from '../accounting/index.js';
import { planWith, poisson, shuffle } from '../testing/plan.js';
import { dpSgd } from './dp-sgd.js';

const options = { clipNorm: 0.5, noiseMultiplier: 1.2 };

describe('dpSgd', () => {
  it('asks for per-example clipping with its options, and nothing of the aggregator', () => {
    const mechanism = dpSgd(options);
    expect(mechanism.gradient?.(planWith(poisson))).toEqual({ clip: 'per-example', ...options });
    expect(mechanism).toMatchObject({ name: 'dp-sgd', requires: [], adjacency: 'add-or-remove-one' });
    expect(mechanism.claims).toBeUndefined();
  });

  it('says what a round does: Poisson-sampled Gaussian steps', () => {
    const plan = planWith(poisson);
    expect(dpSgd(options).event?.({ plan, round: 3 })).toEqual({
      type: 'repeated',
      event: {
        type: 'poisson-sampled',
        samplingProbability: 0.1,
        event: { type: 'gaussian', noiseMultiplier: 1.2 },
      },
      count: 12,
    });
  });

  it('does not say sampled where everybody takes part', () => {
    const plan = planWith({ ...poisson, probability: 1 });
    expect(dpSgd(options).event?.({ plan, round: 0 })).toEqual({
      type: 'repeated',
      event: { type: 'gaussian', noiseMultiplier: 1.2 },
      count: 12,
    });
  });

  it('states no finite epsilon without noise', () => {
    const event = dpSgd({ clipNorm: 1, noiseMultiplier: 0 }).event!({ plan: planWith(poisson), round: 0 });
    expect(event.type).toBe('non-private');
    expect(rdpAccountant()('add-or-remove-one').preview(event, 1e-5)).toBe(Infinity);
  });

  it('refuses batches that it is not priced for, and says how to fix it', () => {
    const plan = planWith(shuffle);
    const refusal = expect.objectContaining({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'training.batches.kind',
      message: expect.stringMatching(/is shuffle.*kind: poisson/),
    });
    expect(() => dpSgd(options).validate?.(plan)).toThrow(refusal);
    expect(() => dpSgd(options).event?.({ plan, round: 0 })).toThrow(refusal);
    expect(() => dpSgd(options).validate?.(planWith(poisson))).not.toThrow();
  });

  it('refuses noise that float32 would round away once it is divided', () => {
    const plan = planWith({ ...poisson, expectedSize: 1e6 });
    expect(() => dpSgd({ clipNorm: 1, noiseMultiplier: 1e-28 }).validate!(plan)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'noiseMultiplier' }),
    );
  });

  it('refuses a loss in which records depend on each other', () => {
    // Whatever the batches: to be told of those first would help nobody.
    for (const plan of [planWith(poisson), planWith({ kind: 'shuffle', size: 8, epochs: 1 })]) {
      const model = { ...plan.model, loss: 'cox' as const };
      expect(() => dpSgd(options).validate?.({ ...plan, model })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'model.loss' }),
      );
    }
  });

  it('says the same of patients as of records: one clipped term each', () => {
    const [records, patients] = (['record', 'patient'] as const).map((unit) => planWith(poisson, { unit }));
    const mechanism = dpSgd(options);
    expect(() => mechanism.validate?.(patients!)).not.toThrow();
    expect(mechanism.gradient?.(patients!)).toEqual(mechanism.gradient?.(records!));
    expect(mechanism.event?.({ plan: patients!, round: 0 })).toEqual(mechanism.event?.({ plan: records!, round: 0 }));
  });

  it('refuses to call a bound for patients one for hospitals', () => {
    expect(() => dpSgd(options).validate?.(planWith(poisson, { unit: 'hospital' }))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'privacy.unit',
        message: expect.stringContaining('record or patient'),
      }),
    );
  });

  it.each([
    [{ clipNorm: -1, noiseMultiplier: 1 }, 'clipNorm'],
    [{ clipNorm: 0, noiseMultiplier: 1 }, 'clipNorm'],
    [{ clipNorm: 1, noiseMultiplier: -1 }, 'noiseMultiplier'],
    [{ clipNorm: 1, noiseMultiplier: Infinity }, 'noiseMultiplier'],
    [{ clipNorm: 1e-39, noiseMultiplier: 1 }, 'clipNorm'],
    [{ clipNorm: 1e39, noiseMultiplier: 1 }, 'clipNorm'],
    [{ clipNorm: 1e-20, noiseMultiplier: 1e-20 }, 'noiseMultiplier'],
    [{ clipNorm: 1e20, noiseMultiplier: 1e20 }, 'noiseMultiplier'],
    [{ clipNorm: 1 }, 'noiseMultiplier'],
    [{ clipNorm: 1, noiseMultiplier: 1, epsilon: 1 }, 'epsilon'],
  ])('refuses %j, naming the key', (wrong, key) => {
    const refusal = (subject: string): unknown =>
      expect.objectContaining({ code: 'CONFIG_INVALID', subject, message: expect.stringContaining(subject) });
    expect(() => dpSgd(wrong as never)).toThrow(refusal(`options.${key}`));
    const path = 'privacy.mechanisms.0.options';
    expect(() => dpSgd(wrong as never, path)).toThrow(refusal(`${path}.${key}`));
  });

  it('refuses options that are no object', () => {
    for (const wrong of [undefined, null, 'strong'])
      expect(() => dpSgd(wrong as never)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'options' }),
      );
  });
});
