import { describe, expect, it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { useSoftwareVulkan } from '../../../../tools/testing/vulkan.js';
import { cases } from '../testing/cases.js';
import { exampleOf, relativeDifference, runGradients, type Example } from '../testing/compare.js';
import { randomNetwork } from '../testing/random-network.js';
import { withGraph } from '../testing/run-graph.js';
import { Graph } from './graph.js';

const graphs = nightly ? 300 : 30;

useSoftwareVulkan();

/** Why there is no WebGPU here; undefined where there is. */
const missing = await withGraph(sum(), (run) => run({ x: { shape: [1], values: [1] } }), 'webgpu').then(
  () => undefined,
  (error: unknown) => String(error).split('\n', 1)[0],
);

function sum(): Graph {
  const graph = new Graph();
  const x = graph.input({ name: 'x', type: 'float32', shape: ['N'], meaning: '' });
  graph.output(graph.node('Add', [x, x]), { name: 'y', type: 'float32', shape: ['N'], meaning: '' });
  return graph;
}

/** Of the output and of the gradients by all that is given; of a gradient that is 0 but for rounding, to the largest of all. */
async function differences(example: Example): Promise<number> {
  const [right, found] = [await runGradients(example, 1), await runGradients(example, 1, undefined, 'webgpu')];
  const largest = Math.max(...[...right.gradients.values()].flatMap(({ values }) => Array.from(values, Math.abs)));
  return Math.max(
    relativeDifference(found.output.values, right.output.values),
    ...[...right.gradients].map(([name, { values }]) =>
      relativeDifference(found.gradients.get(name)!.values, values, Math.max(1e-3, largest / 100)),
    ),
  );
}

describe.skipIf(missing !== undefined)(`on WebGPU${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it.each(cases.map((one) => ({ name: `${one.operator} ${one.says}`, ...one })))(
    '$name is as on the processor',
    async ({ network, inputShape, range }) => {
      expect(await differences(exampleOf(network, inputShape, 7, range))).toBeLessThan(1e-5);
    },
  );

  it(`${graphs} random graphs are as on the processor, of one to seven examples`, { timeout: 600_000 }, async () => {
    const wrong: unknown[] = [];
    for (let seed = 0; seed < graphs; seed++) {
      const { network, inputShape } = randomNetwork(seed);
      const worst = await differences(exampleOf(network, inputShape, seed, [-1, 1], 1 + (seed % 7)));
      if (!(worst < 1e-4)) wrong.push({ seed, worst, ops: network.nodes.map(({ op }) => op).join() });
    }
    expect(wrong).toEqual([]);
  });
});
