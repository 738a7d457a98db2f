import { type NoiseSource, type Plan, type PrivacyMechanism } from '@fedward/core';
import { releasesOf } from '../support/events.js';
import { releaseContext, seeded, siteContext, someAggregate, someUpdate, zeroUpdate } from './examples.js';

/** Runs one hook on zeros and gives what comes out: the noise alone. */
export interface NoisyHook {
  readonly name: 'onClient' | 'onRelease';
  /** What the hook makes of zeros. */
  noise(size: number, source: NoiseSource): Promise<ArrayLike<number>>;
  /** What the hook makes of data. */
  output(source: NoiseSource): Promise<unknown>;
}

/** @param sensitivity that the query says, where the plan asks one */
export function noisyHooks(create: () => PrivacyMechanism, plan: Plan, sensitivity: number | undefined): NoisyHook[] {
  const made = create();
  const hooks: NoisyHook[] = [];
  if (made.onClient) {
    hooks.push({
      name: 'onClient',
      async noise(size, noise) {
        const update = zeroUpdate(size, plan);
        return (await made.onClient!(update, await siteContext(made, plan, { noise, sensitivity }))).payload.values;
      },
      output: async (noise) =>
        made.onClient!(someUpdate(40, 1, plan), await siteContext(made, plan, { noise, sensitivity })),
    });
  }
  if (made.onRelease) {
    hooks.push({
      name: 'onRelease',
      async noise(size, noise) {
        const zeros = { ...someAggregate(size), payload: new Float64Array(size) };
        return (await made.onRelease!(zeros, releaseContext(made, plan, noise))).payload;
      },
      output: async (noise) => made.onRelease!(someAggregate(40), releaseContext(made, plan, noise)),
    });
  }
  return hooks;
}

/** Those that add any noise. */
export async function noisy(hooks: readonly NoisyHook[]): Promise<NoisyHook[]> {
  const found: NoisyHook[] = [];
  for (const hook of hooks) if (Array.from(await hook.noise(200, seeded('a'))).some((x) => x !== 0)) found.push(hook);
  return found;
}

/** The standard deviation found, where nobody said what it should be: the shape is still checked. */
export function spread(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}

/** The noise multipliers above zero that a mechanism's event states; none of one whose noise is added in training. */
export function statedMultipliers({ event, gradient }: PrivacyMechanism, plan: Plan): number[] {
  const releases = event && !gradient ? releasesOf(event({ plan, round: 0 })) : undefined;
  return releases?.map(({ noiseMultiplier }) => noiseMultiplier).filter((z) => z > 0) ?? [];
}
