import assert from 'node:assert/strict';
import { canonicalJson, type DpEvent } from '@fedward/core';

/** Fails unless a value is an event that JSON carries, with every number in its range. */
export function assertIsEvent(event: DpEvent, path: string): void {
  assert.doesNotThrow(() => canonicalJson(event), `${path} is not JSON`);
  assert.deepEqual(JSON.parse(JSON.stringify(event)), event, `${path} is not the same once it was JSON`);
  assertShape(event, path);
}

function assertShape(event: DpEvent, path: string): void {
  switch (event.type) {
    case 'none':
      return;
    case 'non-private':
      return assert.ok(event.reason.trim() !== '', `${path} gives no reason`);
    case 'gaussian':
    case 'laplace':
      return assert.ok(event.noiseMultiplier >= 0, `${path}.noiseMultiplier is ${event.noiseMultiplier}`);
    case 'discrete-gaussian':
      assert.ok(event.sigma >= 0, `${path}.sigma is ${event.sigma}`);
      return assert.ok(event.sensitivity >= 0, `${path}.sensitivity is ${event.sensitivity}`);
    case 'poisson-sampled': {
      const { samplingProbability: q } = event;
      assert.ok(q >= 0 && q <= 1, `${path}.samplingProbability is ${q}`);
      return assertShape(event.event, `${path}.event`);
    }
    case 'fixed-size-sampled': {
      const { size, population } = event;
      const whole = Number.isSafeInteger(size) && Number.isSafeInteger(population);
      assert.ok(whole && size >= 0 && size <= population, `${path} draws ${size} of ${population}`);
      return assertShape(event.event, `${path}.event`);
    }
    case 'repeated':
      assert.ok(Number.isSafeInteger(event.count) && event.count >= 1, `${path}.count is ${event.count}`);
      return assertShape(event.event, `${path}.event`);
    case 'composed':
      return event.events.forEach((part, i) => assertShape(part, `${path}.events[${i}]`));
    default:
      assert.fail(`${path}.type is ${String((event as { type: unknown }).type)}, which core does not know`);
  }
}

/** One kind of release inside an event: noise over sensitivity, on which part of the data, how many times. */
export interface Release {
  readonly noiseMultiplier: number;
  readonly samplingProbability: number;
  readonly count: number;
}

/** All Gaussian releases of an event; undefined where something in it is said to be without protection. */
export function releasesOf(event: DpEvent, samplingProbability = 1, count = 1): Release[] | undefined {
  switch (event.type) {
    case 'none':
      return [];
    case 'non-private':
      return undefined;
    case 'gaussian':
      return [{ noiseMultiplier: event.noiseMultiplier, samplingProbability, count }];
    case 'poisson-sampled':
      return releasesOf(event.event, samplingProbability * event.samplingProbability, count);
    case 'repeated':
      return releasesOf(event.event, samplingProbability, count * event.count);
    case 'composed': {
      const parts = event.events.map((part) => releasesOf(part, samplingProbability, count));
      return parts.includes(undefined) ? undefined : (parts as Release[][]).flat();
    }
  }
}
