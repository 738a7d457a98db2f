import assert from 'node:assert/strict';
import { createParameters, noNoise, type NoiseSource, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertDiffers, assertSame } from '../support/assertions.js';
import { releasesOf } from '../support/events.js';
import { assertGaussian, correlation } from '../support/statistics.js';
import type { Checks } from '../suite.js';
import { releaseContext, seeded, siteContext, someAggregate, someUpdate } from './examples.js';

/** Runs one hook on zeros and gives what comes out: the noise alone. */
interface NoisyHook {
  readonly name: 'onClient' | 'onRelease';
  /** What the hook makes of zeros. */
  noise(size: number, source: NoiseSource): Promise<ArrayLike<number>>;
  /** What the hook makes of data. */
  output(source: NoiseSource): Promise<unknown>;
}

/** The noise that its hooks add. */
export function noiseChecks(
  create: () => PrivacyMechanism,
  plan: TrainingPlan,
  sensitivity: number | undefined,
): Checks {
  const hooks = noisyHooks(create, plan);
  const checks: Checks = Object.assign({}, ...hooks.map(sourceChecks));
  const made = create();
  const releases = made.event && !made.gradient ? releasesOf(made.event({ plan, round: 0 })) : undefined;
  const stated = releases?.map(({ noiseMultiplier }) => noiseMultiplier).filter((z) => z > 0) ?? [];
  if (stated.length === 0) return checks;

  return {
    ...checks,
    async 'the noise that the event states is added'() {
      const adding = await noisy(hooks);
      assert.ok(adding.length > 0, 'the event states noise, and no hook adds any');
      for (const hook of adding) {
        const once = await hook.noise(20_000, seeded('a'));
        assertGaussian(once, sensitivity === undefined ? spread(once) : sensitivity * Math.min(...stated), hook.name);
      }
    },

    async 'noise that the server adds is no promise for what leaves a site'() {
      const { protects, onRelease } = create();
      const said = protects ?? (onRelease ? 'what leaves the server' : 'what leaves a site');
      assert.ok(['what leaves a site', 'what leaves the server'].includes(said), `it protects ${said}`);
      const atSite = (await noisy(hooks)).some(({ name }) => name === 'onClient');
      if (said === 'what leaves a site')
        assert.ok(atSite, 'it says that it protects what leaves a site, and adds no noise there');
    },

    async 'every release has noise of its own'() {
      for (const hook of hooks) {
        const source = seeded('a');
        const [one, two] = [await hook.noise(20_000, source), await hook.noise(20_000, source)];
        if (Array.from(one).every((x) => x === 0)) continue;
        const found = correlation(one, two);
        assert.ok(
          Math.abs(found) < 6 / Math.sqrt(20_000),
          `${hook.name}: the noise of two releases correlates by ${found}`,
        );
      }
    },
  };
}

/** Those that add any noise. */
async function noisy(hooks: readonly NoisyHook[]): Promise<NoisyHook[]> {
  const found: NoisyHook[] = [];
  for (const hook of hooks) if (Array.from(await hook.noise(200, seeded('a'))).some((x) => x !== 0)) found.push(hook);
  return found;
}

/** The standard deviation found, where nobody said what it should be: the shape is still checked. */
function spread(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}

function noisyHooks(create: () => PrivacyMechanism, plan: TrainingPlan): NoisyHook[] {
  const made = create();
  const hooks: NoisyHook[] = [];
  if (made.onClient) {
    hooks.push({
      name: 'onClient',
      async noise(size, noise) {
        const zeros = someUpdate(size);
        const update = { ...zeros, payload: createParameters(zeros.payload.layout) };
        return (await made.onClient!(update, await siteContext(made, plan, noise))).payload.values;
      },
      output: async (noise) => made.onClient!(someUpdate(40), await siteContext(made, plan, noise)),
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

function sourceChecks({ name, noise, output }: NoisyHook): Checks {
  return {
    async [`${name} draws from the noise source of its context alone`]() {
      assertSame(await output(seeded('a')), await output(seeded('a')), 'two outputs with the same seeded noise');
      const quiet = await noise(40, noNoise);
      assert.ok(
        Array.from(quiet).every((x) => x === 0),
        'a source that gives no noise was not the only one used',
      );
      if (Array.from(await noise(40, seeded('a'))).some((x) => x !== 0))
        assertDiffers(await output(seeded('a')), await output(seeded('b')), 'two noise sources gave the same output');
    },
  };
}
