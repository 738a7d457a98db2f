import { describe, expect, it } from 'vitest';
import type { Update } from '../interfaces/messages.js';
import { createLayout, createParameters, createTensors } from '../parameters/parameters.js';
import { exampleLayout, exampleResult, fakeEvent } from '../testing/fakes.js';
import { receive, type Expected } from './receive.js';

const expected: Expected = {
  clientId: 'hospital-1',
  round: 0,
  form: { layout: exampleLayout, element: 'f32' },
  event: undefined,
  countIsPublic: true,
};
const priced: Expected = { ...expected, event: fakeEvent };

describe('receive', () => {
  it('lets an update through', () => {
    expect(receive(exampleResult(), expected)).toEqual(exampleResult());
    const charged = exampleResult({ spent: [fakeEvent], metrics: {} });
    expect(receive(charged, priced)).toEqual(charged);
    expect(receive(exampleResult({ weight: 0 }), expected).weight).toBe(0);
  });

  it("puts the server's layout in the place of the client's", () => {
    const tensors = exampleLayout.tensors.map((tensor) => ({ ...tensor, offset: 1e9, size: -1 }));
    const payload = { layout: { ...exampleLayout, tensors }, values: new Float32Array(exampleLayout.size) };
    expect(receive(exampleResult({ payload }), expected).payload.layout).toBe(exampleLayout);
  });

  const values = new Float32Array(exampleLayout.size);
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'x'.repeat(1000)],
    ['an error', new Error('x')],
    ['no payload', { ...exampleResult(), payload: undefined }],
    ['a payload that is null', { ...exampleResult(), payload: null }],
    ['no layout', { ...exampleResult(), payload: { values } }],
    ['a layout without tensors', { ...exampleResult(), payload: { layout: { size: 8 }, values } }],
    ['tensors that are null', { ...exampleResult(), payload: { layout: { size: 8, tensors: [null, null] }, values } }],
    ['values that are a list', { ...exampleResult(), payload: { layout: exampleLayout, values: [...values] } }],
    ['values in float64', { ...exampleResult(), payload: { layout: exampleLayout, values: new Float64Array(8) } }],
    ['too few values', { ...exampleResult(), payload: { layout: exampleLayout, values: values.subarray(1) } }],
    ['other tensors', { ...exampleResult(), payload: createParameters(createLayout([{ name: 'w', shape: [8] }])) }],
    ['another client', exampleResult({ clientId: 'hospital-2' })],
    ['an id that is no text', { ...exampleResult(), clientId: 7 }],
    ['another round', exampleResult({ baseRound: 1 })],
    ['a negative weight', exampleResult({ weight: -1 })],
    ['a weight that is NaN', exampleResult({ weight: Number.NaN })],
    ['an infinite weight', exampleResult({ weight: Infinity })],
    ['a weight in text', { ...exampleResult(), weight: '10' }],
    ['no metrics', { ...exampleResult(), metrics: undefined }],
    ['no word on what was spent', { ...exampleResult(), spent: undefined }],
    ['no word on simulation', { ...exampleResult(), simulationOnly: 'no' }],
    ['a charge that has no price here', exampleResult({ spent: [fakeEvent] })],
  ])('refuses %s with UPDATE_INVALID', (_, result) => {
    let error: unknown;
    try {
      receive(result as Update, expected);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'UPDATE_INVALID', subject: 'hospital-1' });
    expect((error as Error).message).toMatch(/^round 0: the update of hospital-1 /);
    expect((error as Error).message.length).toBeLessThan(300);
  });

  it.each<[string, unknown]>([
    ['is not charged', []],
    ['is charged less', [{ type: 'gaussian', noiseMultiplier: 20 }]],
    ['is charged more', [fakeEvent, fakeEvent]],
    ['is charged with what is no event', [null]],
    ['is charged with a count that takes back', [fakeEvent, { type: 'repeated', event: fakeEvent, count: -1 }]],
  ])('refuses an update that %s', (_, spent) => {
    const result = { ...exampleResult({ metrics: {} }), spent } as Update;
    expect(() => receive(result, priced)).toThrow(/was not charged what the plan's mechanisms spend/);
  });

  it('takes a charge in parts', () => {
    const other = { type: 'gaussian', noiseMultiplier: 3 } as const;
    const event = { type: 'composed', events: [fakeEvent, other] } as const;
    expect(() =>
      receive(exampleResult({ metrics: {}, spent: [fakeEvent, other] }), { ...expected, event }),
    ).not.toThrow();
  });

  it('refuses metrics that nothing paid for', () => {
    const result = exampleResult({ spent: [fakeEvent], metrics: { loss: 0.3 } });
    expect(() => receive(result, priced)).toThrow(/tells metrics, which nothing paid for/);
  });

  it.each<['f32' | 'f64', number]>([
    ['f32', 2 ** 40],
    ['f64', 2 ** 900],
  ])('takes values of %s up to %d, of either sign, and none beyond', (element, most) => {
    const form = { layout: exampleLayout, element };
    const given = (value: number) => {
      const payload = createTensors(form);
      payload.values[7] = value;
      return () => receive(exampleResult({ payload }), { ...expected, form });
    };
    for (const value of [most, -most]) expect(given(value)).not.toThrow();
    for (const value of [1.001 * most, -1.001 * most])
      expect(given(value)).toThrow(expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'hospital-1' }));
  });

  it('takes any words', () => {
    const form = { layout: exampleLayout, element: 'u32' } as const;
    const payload = createTensors(form);
    payload.values.fill(2 ** 32 - 1);
    expect(receive(exampleResult({ payload }), { ...expected, form }).payload.values[0]).toBe(2 ** 32 - 1);
  });

  it.each([Number.NaN, Infinity, -Infinity])('names site, round and tensor of a value %s', (bad) => {
    const payload = createParameters(exampleLayout);
    payload.values[exampleLayout.tensors[1]!.offset] = bad;
    expect(() => receive(exampleResult({ payload, baseRound: 3 }), { ...expected, round: 3 })).toThrow(
      expect.objectContaining({
        code: 'UPDATE_NOT_FINITE',
        subject: 'hospital-1',
        message: expect.stringMatching(/round 3: the update of hospital-1 .* tensor 0\.dense\.bias/) as string,
      }),
    );
  });
});
