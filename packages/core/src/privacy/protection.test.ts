import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { exampleLayout, fakeEvent, fakeMechanism } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { exampleQueryPlan } from '../testing/queries.js';
import { protectionOf } from './protection.js';

const planOf = (...names: string[]) =>
  examplePlan({ privacy: { ...examplePrivacy, mechanisms: names.map((name) => ({ name })) } });
const other = (changes: Partial<PrivacyMechanism> = {}): PrivacyMechanism => {
  const { gradient: _, ...mechanism } = fakeMechanism({ name: 'other', ...changes });
  void _;
  return mechanism;
};
const incompatible = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.mechanisms' }) as Error;

describe('protectionOf', () => {
  it('of no mechanism asks for nothing', () => {
    const { eventOf, evaluationEventOf, formOf, ...rest } = protectionOf(examplePlan());
    expect(rest).toEqual({
      adjacency: undefined,
      protects: 'what leaves a site',
      gradient: undefined,
      countIsPublic: true,
    });
    expect([eventOf(0), evaluationEventOf(0)]).toEqual([undefined, undefined]);
    const form = { layout: exampleLayout, element: 'f32' } as const;
    expect(formOf(form)).toBe(form);
  });

  it('adds up the events of all mechanisms', () => {
    const perRound = other({ event: ({ round }) => ({ type: 'gaussian', noiseMultiplier: round + 1 }) });
    const { eventOf, adjacency, gradient } = protectionOf(planOf('fake', 'other'), [fakeMechanism(), perRound]);
    expect(adjacency).toBe('add-or-remove-one');
    expect(gradient).toMatchObject({ clip: 'per-example' });
    expect(eventOf(2)).toEqual({ type: 'composed', events: [fakeEvent, { type: 'gaussian', noiseMultiplier: 3 }] });
  });

  it('of a mechanism with an adjacency always has a price, be it none', () => {
    const { event: _, ...silent } = fakeMechanism();
    void _;
    expect(protectionOf(planOf('fake'), [silent]).eventOf(0)).toEqual({ type: 'none' });
  });

  it.each([
    ['fewer', ['fake', 'other'], [fakeMechanism()]],
    ['more', ['fake'], [fakeMechanism(), other()]],
    ['others', ['other'], [fakeMechanism()]],
    ['another order', ['other', 'fake'], [fakeMechanism(), other()]],
    ['none', ['fake'], []],
  ])('refuses %s than the plan names', (_, names, mechanisms) => {
    expect(() => protectionOf(planOf(...names), mechanisms)).toThrow(incompatible);
  });

  it('refuses a mechanism where the plan has no privacy, whatever its name', () => {
    expect(() => protectionOf(examplePlan(), [fakeMechanism()])).toThrow(incompatible);
    expect(() => protectionOf(examplePlan(), [fakeMechanism({ name: 'none' })])).toThrow(incompatible);
    expect(() => protectionOf(examplePlan(), [fakeMechanism({ name: '' })])).toThrow(incompatible);
    expect(() => protectionOf(planOf('a, b'), [fakeMechanism({ name: 'a' }), other({ name: 'b' })])).toThrow(
      incompatible,
    );
  });

  it.each(['accountant', 'delta'] as const)(
    'refuses a price in a plan without %s, and nothing without a price',
    (key) => {
      const plan = examplePlan({ privacy: { ...examplePrivacy, [key]: undefined } });
      const { adjacency: _, event: __, ...free } = fakeMechanism();
      void [_, __];
      expect(() => protectionOf(plan, [fakeMechanism()])).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject: `privacy.${key}` }),
      );
      expect(protectionOf(plan, [free]).adjacency).toBeUndefined();
    },
  );

  it('adds up what scoring a model spends, where a mechanism pays for it', () => {
    const evaluationEvent: PrivacyMechanism['evaluationEvent'] = ({ round }) => ({ type: 'gaussian', noiseMultiplier: round + 1 }); // prettier-ignore
    const paying = other({ evaluationEvent, onEvaluate: (result) => result });
    const { evaluationEventOf } = protectionOf(planOf('fake', 'other'), [fakeMechanism(), paying]);
    expect(evaluationEventOf(2)).toEqual({ type: 'gaussian', noiseMultiplier: 3 });
    expect(protectionOf(planOf('fake'), [fakeMechanism()]).evaluationEventOf(2)).toBeUndefined();
  });

  it.each<[string, Partial<PrivacyMechanism>, string]>([
    ['an event without an adjacency, beside one that has it', { event: () => fakeEvent }, 'adjacency'],
    ['a price of scores without an adjacency', { evaluationEvent: () => fakeEvent, onEvaluate: (r) => r }, 'adjacency'],
    ['a price of scores that it leaves as they are', { adjacency: 'add-or-remove-one', evaluationEvent: () => fakeEvent }, 'onEvaluate'], // prettier-ignore
    ['a form of its own, and does not say that it needs sums alone', { form: (update) => update }, 'sum-only'],
  ])('refuses a mechanism that has %s', (_, mechanism, word) => {
    const given = [fakeMechanism(), { name: 'other', requires: [], ...mechanism }];
    expect(() => protectionOf(planOf('fake', 'other'), given)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(new RegExp(`^other.*${word}`)) as string,
      }),
    );
  });

  it('knows the form of an update behind all mechanisms', () => {
    const words = (name: string, element: 'u32' | 'f64') =>
      other({ name, requires: ['sum-only'], form: ({ layout }) => ({ layout, element }) });
    const form = { layout: exampleLayout, element: 'f32' } as const;
    expect(protectionOf(planOf('m'), [words('m', 'u32')]).formOf(form)).toEqual({ ...form, element: 'u32' });
    expect(protectionOf(planOf('a', 'b'), [words('a', 'u32'), words('b', 'f64')]).formOf(form).element).toBe('f64');
  });

  it('refuses a mechanism at the site behind one that has masked the update, and names both', () => {
    const form: PrivacyMechanism['form'] = ({ layout }) => ({ layout, element: 'u32' });
    const masking = other({ name: 'masking', requires: ['sum-only'], form, onClient: (update) => update });
    const clipping = other({ name: 'clipping', onClient: (update) => update });
    expect(() => protectionOf(planOf('masking', 'clipping'), [masking, clipping])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/clipping .* masking/) as string,
      }),
    );
    expect(() => protectionOf(planOf('clipping', 'masking'), [clipping, masking])).not.toThrow();
  });

  it('refuses a mechanism that looks at updates beside one that takes them away, and names both', () => {
    const hiding = other({ name: 'hiding', removes: ['individual-updates'] });
    for (const looking of [
      other({ name: 'looking', onReceive: (update) => update }),
      other({ name: 'looking', requires: ['individual-updates'] }),
    ])
      for (const mechanisms of [
        [looking, hiding],
        [hiding, looking],
      ])
        expect(() => protectionOf(planOf(...mechanisms.map(({ name }) => name)), mechanisms)).toThrow(
          /looking needs individual-updates, which hiding takes away/,
        );
  });

  it('refuses a price of gradients where none are computed', () => {
    const plan = exampleQueryPlan({ privacy: examplePrivacy });
    expect(() => protectionOf(plan, [fakeMechanism()])).toThrow(/fake protects the gradients .* query/);
    const { gradient: _, ...whole } = fakeMechanism();
    void _;
    expect(protectionOf(plan, [whole]).eventOf(0)).toEqual(fakeEvent);
  });

  it('refuses two mechanisms that change the gradient', () => {
    const two = [fakeMechanism(), fakeMechanism({ name: 'other' })];
    expect(() => protectionOf(planOf('fake', 'other'), two)).toThrow(/fake and other both change the gradient/);
  });

  it('refuses a mechanism that is named twice, whose memories would be one', () => {
    expect(() => protectionOf(planOf('other', 'other'), [other(), other()])).toThrow(incompatible);
  });

  it('refuses two adjacencies', () => {
    const two = [fakeMechanism(), other({ adjacency: 'replace-one' })];
    expect(() => protectionOf(planOf('fake', 'other'), two)).toThrow(/fake .*add-or-remove-one.* other .*replace-one/);
  });

  it('refuses a price without an adjacency, in whichever round it comes', () => {
    const { adjacency: _, ...bare } = fakeMechanism({
      event: ({ round }) => (round < 2 ? { type: 'none' } : fakeEvent),
    });
    void _;
    expect(() => protectionOf(planOf('fake'), [bare]).eventOf(2)).toThrow(incompatible);
  });

  it("passes on what a mechanism's own validation throws", () => {
    const error = new FedwardError('CONFIG_INCOMPATIBLE', 'needs Poisson batches', 'training.batches.kind');
    const validate = () => {
      throw error;
    };
    expect(() => protectionOf(planOf('fake'), [fakeMechanism({ validate })])).toThrow(error);
  });

  it.each([
    ['add-or-remove-one', 'record', false],
    ['add-or-remove-one', 'patient', false],
    ['replace-one', 'record', true],
    ['replace-one', 'patient', false], // the other patient may have more records
  ] as const)('under %s of a %s lets the number of records be told: %s', (adjacency, unit, expected) => {
    const plan = examplePlan({ privacy: { ...examplePrivacy, unit } });
    expect(protectionOf(plan, [fakeMechanism({ adjacency })]).countIsPublic).toBe(expected);
  });
});
