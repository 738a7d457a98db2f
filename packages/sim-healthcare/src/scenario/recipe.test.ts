import { expect, it, vi } from 'vitest';
import { SimulatedData } from './recipe.js';
import { makeImages } from './simulated-images.js';

const recipeOf = (index: number) => ({ maker: 'simulated-images', seed: 3, index }) as const;

it('makes data once for who looks at them in turn, and again, the same, once others were looked at', () => {
  const make = vi.fn(makeImages);
  const [a, b] = [1, 2].map((index) => new SimulatedData(recipeOf(index), 60, [784], make)) as [
    SimulatedData,
    SimulatedData,
  ];
  expect(make).not.toHaveBeenCalled();
  const { features, labels } = a;
  expect(a.features).toBe(features);
  expect(a.labels).toBe(labels);
  expect(make).toHaveBeenCalledTimes(1);
  const before = features.slice();
  expect(b.features).not.toEqual(features);
  expect(a.features).not.toBe(features);
  expect(a.features).toEqual(before);
  expect(features).toEqual(before); // what someone still holds is left alone
  expect(make).toHaveBeenCalledTimes(3);
});
