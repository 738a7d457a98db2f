import { fedAvg } from '@fedward/aggregator-fedavg';
import { fedBuff } from '@fedward/aggregator-fedbuff';
import {
  assertFederation,
  buffered,
  createParameters,
  layoutOf,
  PluginRegistry,
  type Aggregator,
  type Federation,
  type PrivacyMechanism,
} from '@fedward/core';
import { central, dpFtrl, rdpAccountant } from '@fedward/privacy-dp';
import { plugins as secagg } from '@fedward/privacy-secagg';
import { describe, expect, it } from 'vitest';
import { linearPlan } from './seams/support.js';

const whole = { clipNorm: 1, noiseMultiplier: 1, expectedClients: 2 };

/** A buffer of two of three hospitals, with a mechanism or none. */
function check(mechanism?: PrivacyMechanism, aggregator = fedBuff() as Aggregator): void {
  const unit = { unit: 'hospital', delta: 1e-5, accountant: 'rdp' } as const;
  const named = mechanism && [{ name: mechanism.name, options: {} }];
  const plan = linearPlan({
    aggregator: { name: aggregator.name },
    collector: { name: 'buffered', options: { size: 2 } },
    ...(named && { privacy: mechanism.event ? { ...unit, mechanisms: named } : { mechanisms: named } }),
  } as Parameters<typeof linearPlan>[0]);
  assertFederation({
    ...{ runId: 'run', plan, aggregator, collector: buffered({ size: 2, patience: 9 }) },
    mechanisms: mechanism ? [mechanism] : [],
    accountant: rdpAccountant(),
    transport: { clients: () => ['a', 'b', 'c'] } as unknown as Federation['transport'],
    initial: createParameters(layoutOf(plan.model)),
  });
}

describe('fedbuff with a buffer', () => {
  it('works alone, and with central privacy, which bounds each update by itself', () => {
    expect(() => check()).not.toThrow();
    expect(() => check(central(whole) as PrivacyMechanism)).not.toThrow();
  });

  it.each([
    [
      'secagg',
      new PluginRegistry(secagg).create('mechanism', { name: 'secagg', options: { identities: 'simulated' } }),
      'secagg needs fresh-updates',
    ],
    ['dp-ftrl', dpFtrl({ ...whole, bands: 1 }), 'dp-ftrl needs fresh-updates'],
  ])('is refused beside %s, whose updates have to be of their own round', (_, mechanism, words) => {
    expect(() => check(mechanism as unknown as PrivacyMechanism)).toThrow(
      `${words}, which collector buffered takes away`,
    );
  });

  it('is what the buffer needs: an aggregator of fresh updates alone is refused', () => {
    expect(() => check(undefined, fedAvg() as Aggregator)).toThrow(
      'collector buffered needs stale-updates, which aggregator fedavg does not provide',
    );
  });
});
