import assert from 'node:assert/strict';
import { noNoise, type Plan, type PrivacyMechanism } from '@fedward/core';
import { assertDiffers, assertSame } from '../support/assertions.js';
import { assertGaussian, correlation } from '../support/statistics.js';
import type { Checks } from '../suite.js';
import { seeded } from './examples.js';
import { noisy, noisyHooks, spread, statedMultipliers, type NoisyHook } from './noisy-hooks.js';

/** The noise that its hooks add. */
export function noiseChecks(create: () => PrivacyMechanism, plan: Plan, sensitivity: number | undefined): Checks {
  const hooks = noisyHooks(create, plan, sensitivity);
  // One that masks draws secrets of its own, and states no noise.
  const masks = create().removes?.includes('individual-updates') && !create().event;
  const checks: Checks = masks ? {} : Object.assign({}, ...hooks.map(sourceChecks));
  const stated = statedMultipliers(create(), plan);
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
