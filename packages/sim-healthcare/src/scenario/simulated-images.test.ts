import { describe, expect, it } from 'vitest';
import { manyClients } from './many-clients.js';
import { assertNumberOfHospitals } from '../run/ignored-options.js';
import { makeImages } from './simulated-images.js';

const images = (index: number, seed = 5) => makeImages({ maker: 'simulated-images', seed, index });

describe('simulated images', () => {
  it('are the same for the same seed and client, whatever was made before', () => {
    const first = images(3);
    images(4, 6);
    expect(images(3)).toEqual(first);
    expect(images(4).features).not.toEqual(first.features);
    expect(images(3, 6).features).not.toEqual(first.features);
  });

  it('of clients with the same classes have nothing else in common', () => {
    const [one, other] = [images(3), images(13)];
    expect(one.labels).not.toEqual(other.labels);
    const equal = one.features.filter((pixel, i) => pixel === other.features[i]).length;
    expect(equal).toBeLessThan(one.features.length / 1000);
  });

  it('have 784 finite pixels and a class of 10, all in the test part, mostly two at a client', () => {
    const client = images(17);
    expect([client.features.length, client.labels.length]).toEqual([60 * 784, 60]);
    expect(client.features.every(Number.isFinite)).toBe(true);
    const own = client.labels.filter((label) => label === 7 || label === 8).length;
    expect(own).toBeGreaterThan(40);
    expect(images(9).labels.filter((label) => label === 9 || label === 0).length).toBeGreaterThan(40);
    const counts = new Map<number, number>();
    for (const label of images(-1).labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.min(...counts.values())).toBeGreaterThan(60);
  });

  it('tell classes apart: the nearest class mean of other images is right, and mean and noise are as said', () => {
    const train = images(-1);
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    const counts = new Float64Array(10);
    train.labels.forEach((label, i) => {
      counts[label]!++;
      for (let p = 0; p < 784; p++) means[label]![p]! += train.features[784 * i + p]!;
    });
    means.forEach((mean, label) => mean.forEach((_, p) => (mean[p]! /= counts[label]!)));
    let [right, squares] = [0, 0];
    const { features, labels } = images(0);
    labels.forEach((label, i) => {
      const pixels = features.subarray(784 * i, 784 * (i + 1));
      const distances = means.map((mean) => mean.reduce((sum, m, p) => sum + (pixels[p]! - m) ** 2, 0));
      if (distances.indexOf(Math.min(...distances)) === label) right++;
      squares += distances[label]!;
    });
    expect(right).toBeGreaterThan(50);
    // The variance of uniform noise in [-1, 1) is 1/3.
    expect(squares / features.length).toBeGreaterThan(0.32);
    expect(squares / features.length).toBeLessThan(0.36);
  });
});

describe('many-clients', () => {
  it('makes a client when it is asked, and its data when they are looked at', async () => {
    const population = await manyClients.load({ seed: 5, hospitals: 100_000 });
    expect(population.ids).toHaveLength(100_000);
    expect(new Set(population.ids).size).toBe(100_000);
    expect(population.tabulated).toBe(false);
    const { train } = population.hospital('client-99999');
    expect(train.count).toBe(60);
    expect(train.features).toEqual(images(99_999).features);
    expect(train.features).toBe(train.features);
    expect(population.test.labels).toHaveLength(1000);
  });

  it.each([0, 1.5, 2 ** 53 - 1])('refuses %s clients', (hospitals) => {
    const check = () => assertNumberOfHospitals(manyClients, hospitals);
    expect(check).toThrow(expect.objectContaining({ subject: '--hospitals' }));
  });
});
