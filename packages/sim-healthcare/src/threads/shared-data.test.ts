import { describe, expect, it } from 'vitest';
import { SimulatedData } from '../scenario/recipe.js';
import { makeImages } from '../scenario/simulated-images.js';
import { receiveData, sendData, shareData, SharedModel, shareValues } from './shared-data.js';

const patientIds = ['p2', 'p1', 'p2', '', 'p1'];
const data = {
  count: 5,
  featureShape: [2],
  features: Float32Array.from({ length: 10 }, (_, i) => i),
  labels: Float32Array.of(0, 1, 0, 1, 0),
  patientIds,
};

describe('data', () => {
  it('come back as they were, from memory that is shared and not copied again', async () => {
    const shared = shareData(data);
    const sent = structuredClone(sendData(shared));
    expect(await receiveData(sent)).toEqual(data);
    shared.features[3] = 42;
    expect((await receiveData(sent)).features[3]).toBe(42);
    expect(data.features[3]).toBe(3);
    expect(shareData(shared).features).toBe(shared.features);
  });

  it('have no patients where there were none', async () => {
    const { patientIds: _, ...anonymous } = data;
    expect(Object.keys(await receiveData(sendData(anonymous)))).not.toContain('patientIds');
    void _;
  });

  it('that are simulated cross as their recipe', async () => {
    const recipe = { maker: 'simulated-images', seed: 3, index: 4 };
    let made = 0;
    const counting = (of: typeof recipe) => (made++, makeImages(of));
    const simulated = new SimulatedData(recipe, 60, [784], counting);
    const sent = structuredClone(sendData(shareData(simulated)));
    expect(JSON.stringify(sent).length).toBeLessThan(200);
    const received = await receiveData(sent);
    expect(made).toBe(0);
    const [features, labels] = [simulated.features, simulated.labels];
    expect(made).toBe(1);
    expect(received.features).toEqual(features);
    expect(received.labels).toEqual(labels);
  });
});

describe('SharedModel', () => {
  it('shares equal models once, and never writes to one that was shared', () => {
    const models = new SharedModel();
    const first = models.share(Float32Array.of(1, Number.NaN, -0));
    expect(models.share(Float32Array.of(1, Number.NaN, -0))).toBe(first);
    const second = models.share(Float32Array.of(1, Number.NaN, 0)); // other bits
    expect(second).not.toBe(first);
    expect(Object.is(first[2], -0)).toBe(true);
    expect(second.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('takes a view of a larger array for what it shows, and keeps what was there at the time', () => {
    const models = new SharedModel();
    const large = Float32Array.of(9, 1, 2, 9);
    const shared = models.share(large.subarray(1, 3));
    expect([...shared]).toEqual([1, 2]);
    large[1] = 7;
    expect(models.share(Float32Array.of(1, 2))).toBe(shared);
    const own = shareValues(Float32Array.of(5));
    const kept = models.share(own);
    own[0] = 6;
    expect(kept[0]).toBe(5);
  });
});
