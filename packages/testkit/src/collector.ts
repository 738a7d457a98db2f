import assert from 'node:assert/strict';
import type { Collector, CollectProgress } from '@fedward/core';
import { assertSame, deepFreeze } from './support/assertions.js';
import { assertCapabilities } from './support/capabilities.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a collector. */
export interface CollectorComplianceOptions {
  /** A new collector, as if in a new process. */
  readonly create: () => Collector;
  /** How many are asked in a round, in the trials. Default: 1, 2, 3, 8 and 100. */
  readonly cohorts?: readonly number[];
}

/** What every collector must do; see `Collector` in core. */
export function collectorCompliance({
  create,
  cohorts = [1, 2, 3, 8, 100],
}: CollectorComplianceOptions): ComplianceSuite {
  const checks: Checks = {
    'it has a name and named capabilities'() {
      const { name, requires = [], removes = [] } = create();
      assert.ok(typeof name === 'string' && name.trim() !== '', 'the name is empty');
      assertCapabilities('requires', requires);
      assertCapabilities('removes', removes);
      const both = requires.find((capability) => removes.includes(capability));
      assert.equal(both, undefined, `it takes away ${both}, which it requires itself`);
    },

    'its patience is a whole number of rounds, from 0 on, and always the same'() {
      const { patience } = create();
      assert.ok(Number.isSafeInteger(patience) && patience >= 0, `its patience is ${patience}`);
      assert.equal(create().patience, patience, 'that of another');
    },

    'one that waits into later rounds says that updates may be late'() {
      const { patience, requires = [], removes = [] } = create();
      if (patience === 0) return;
      assert.ok(requires.includes('stale-updates'), 'it does not require stale-updates of the aggregator');
      assert.ok(removes.includes('fresh-updates'), 'it does not take fresh-updates away');
    },
  };
  const whole = create().enough ? endings(create, cohorts) : waiting(create);
  return defineSuite(`collector ${create().name}`, { ...checks, ...whole });
}

/** Of one that waits for everyone: the round ends with the last answer, or the deadline. */
function waiting(create: () => Collector): Checks {
  return {
    'one that waits for everyone has no patience, and leaves updates fresh'() {
      const { patience, removes = [] } = create();
      assert.equal(patience, 0, 'nobody is at work when its rounds end, and it waits into later ones');
      assert.ok(!removes.includes('fresh-updates'), 'it takes fresh-updates away, and no update is late');
    },
  };
}

/** When a round has enough, of a collector that does not wait for everyone. */
function endings(create: () => Collector, cohorts: readonly number[]): Checks {
  const enough = (progress: CollectProgress): boolean => create().enough!(progress);
  return {
    'one more arrival never makes enough too little'() {
      for (const asked of cohorts)
        for (let failed = 0; failed <= asked; failed++) {
          const along = courses(asked, failed).map(enough);
          const first = along.indexOf(true);
          const lost = first < 0 ? -1 : along.indexOf(false, first);
          assert.equal(
            lost,
            -1,
            `of ${asked}, ${failed} having failed, ${first} arrivals are enough and ${lost} are not`,
          );
        }
    },

    'ten thousand arrivals are enough'() {
      // Core ends a round once nobody is under way; one that never has enough says nothing by `enough`.
      const everything = { round: 1, asked: 10_000, arrived: 10_000, failed: 0, underWay: 0 };
      assert.equal(enough(everything), true, 'ten thousand of ten thousand have arrived, and it waits on');
    },

    'nothing is not enough'() {
      for (const asked of cohorts)
        assert.equal(enough({ round: 0, asked, arrived: 0, failed: 0, underWay: asked }), false, `nothing of ${asked}`);
    },

    'the same progress has the same answer, whatever was asked before'() {
      const one = create();
      for (const asked of cohorts) {
        const course = courses(asked, 0);
        const [up, down] = [
          course.map((progress) => one.enough!(progress)),
          course.toReversed().map((p) => one.enough!(p)),
        ];
        assertSame(down.toReversed(), up, 'what it says, asked in the other order');
        assertSame(course.map(enough), up, 'what another says');
      }
    },

    'an answer is true or false, and the progress is left as it was'() {
      for (const asked of cohorts)
        for (const progress of courses(asked, 0)) assert.equal(typeof enough(deepFreeze(progress)), 'boolean');
    },
  };
}

/** A round from nothing to everything, one arrival after the other. */
function courses(asked: number, failed: number): CollectProgress[] {
  return Array.from({ length: asked - failed + 1 }, (_, arrived) => ({
    ...{ round: 1, asked, arrived, failed, underWay: asked - failed - arrived },
  }));
}
