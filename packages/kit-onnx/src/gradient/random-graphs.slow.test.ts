import { expect, it } from 'vitest';
import { operators } from '../operators/table.js';
import { directionalDifferences, exampleOf } from '../testing/compare.js';
import { exampleDifferences } from '../testing/by-example.js';
import { randomNetwork } from '../testing/random-network.js';

/** 300, and half as many with the operators that came later. */
const graphs = 450;

/** Relative, as `directionalDifferences` has it: what float32 leaves of a dozen operators, some of them steep. */
const tolerance = 1e-4;

/** What is refused by example in these graphs, and nothing else. */
const refusals = ['batch normalization is refused'];

it(
  `gradients of ${graphs} random graphs are those of finite differences in float64`,
  { timeout: 600_000 },
  async () => {
    const seen = new Set<string>();
    const wrong: unknown[] = [];
    let most = 0;
    let compared = 0;
    for (let seed = 0; seed < graphs; seed++) {
      const { network, inputShape } = randomNetwork(seed);
      network.nodes.forEach((node) => seen.add(node.op));
      const found = await directionalDifferences(exampleOf(network, inputShape, seed, [-1, 1], 2), seed);
      compared += Object.keys(found).length;
      const worst = Math.max(...Object.values(found));
      most = Math.max(most, worst);
      if (!(worst < tolerance)) wrong.push({ seed, found, ops: network.nodes.map((node) => node.op).join() });
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(4 * graphs);
    expect(most).toBeGreaterThan(1e-7); // float32 was at work
    const withGradient = [...operators].flatMap(([name, operator]) => (operator.backward ? [name] : []));
    expect(withGradient.filter((name) => !seen.has(name))).toEqual([]);
  },
);

it(
  `gradients by example of ${graphs} random graphs are those of one example at a time`,
  { timeout: 600_000 },
  async () => {
    const wrong: unknown[] = [];
    let refused = 0;
    for (let seed = 0; seed < graphs; seed++) {
      const { network, inputShape } = randomNetwork(seed);
      try {
        const found = await exampleDifferences(exampleOf(network, inputShape, seed, [-1, 1], 3));
        if (!(Math.max(...Object.values(found)) < tolerance)) wrong.push({ seed, found });
      } catch (error) {
        if (!refusals.some((why) => String(error).includes(why))) throw new Error(`seed ${seed}`, { cause: error });
        refused++;
      }
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeLessThan(graphs / 3);
  },
);
