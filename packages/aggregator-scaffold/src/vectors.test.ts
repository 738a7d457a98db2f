import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scaffold, scaffoldSite } from './index.js';
import { optimumOf, play, type Quadratics } from './testing/quadratics.js';

interface Case extends Quadratics {
  readonly seed: number;
  readonly clients: number;
  readonly global_lr: number;
  readonly participants: number[][];
  readonly optimum_of_sum: number[];
  readonly scaffold_trace: { readonly x: number[]; readonly c: number[] }[];
  readonly scaffold_final_client_controls: number[][];
}

const file = new URL('../test-fixtures/scaffold.json', import.meta.url);
const cases = (JSON.parse(readFileSync(file, 'utf8')) as { scaffold: Case[] }).scaffold;

const norm = (values: readonly number[]) => Math.hypot(...values);
/** |a - b| / size, in the L2 norm. */
const apart = (actual: ArrayLike<number>, expected: readonly number[], size = norm(expected)) =>
  norm(expected.map((value, i) => actual[i]! - value)) / size;

describe.each(cases)('reference run $seed', (given) => {
  const halves = { server: scaffold({ learningRate: given.global_lr }), site: scaffoldSite({ option: 'II' }) };
  const controls = given.scaffold_final_client_controls;
  // c is a mean of c_i that nearly cancel: of float32 models it can be told in proportion to these.
  const size = Math.max(...controls.map(norm));

  it.each([1, 7])('has the same model and control variates for ten rounds, with weights of %s', async (weight) => {
    const progress = await play(given, halves, given.participants, given.a.map(() => weight)); // prettier-ignore
    expect(given.scaffold_trace).toHaveLength(10);
    given.scaffold_trace.forEach(({ x, c }, round) => {
      expect(apart(progress[round]!.state.model, x), `x of round ${round}`).toBeLessThan(1e-6);
      expect(apart(progress[round]!.control, c, size), `c of round ${round}`).toBeLessThan(1e-6);
    });
    controls.forEach((expected, i) =>
      expect(apart(progress.at(-1)!.sites[i]!, expected), `c_i of site ${i}`).toBeLessThan(1e-6),
    );
  });

  it('goes where the file says that the optimum is', () => {
    expect(
      apart(optimumOf(given, given.a.map(() => 1)), given.optimum_of_sum), // prettier-ignore
    ).toBeLessThan(1e-9);
  });
});
