import { FedwardError, type DpEvent, type Plan, type PrivacyMechanism } from '@fedward/core';
import * as z from 'zod';
import {
  clipNormOption,
  expectedClientsOption,
  noiseDoesNotFit,
  noiseFits,
  noiseMultiplierOption,
  parseOptions,
} from '../options.js';
import { roundCosts, squareRootCoefficients, totalCost } from './banded-toeplitz.js';
import { requireTraining, assertUnit } from './plan-checks.js';
import { releaseMean } from './server-release.js';
import { clipUpdate } from './update-clipping.js';

/** Of `dpFtrl`. */
export interface DpFtrlOptions {
  /** Bound of a hospital's change of the model in a round: L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Noise multiplier of the whole run: standard deviation over sensitivity of all rounds together; >= 0. */
  readonly noiseMultiplier: number;
  /** Divisor of the sum: how many hospitals are expected in a round, a public constant > 0. */
  readonly expectedClients: number;
  /** Noise of a round goes with that of so many rounds less one before; 1: none. Memory: bands - 1 models. */
  readonly bands: number;
}

type DpFtrlState = {
  /** [bands - 1] at most: the noise that was added to the sums of the last rounds, the newest first. */
  readonly noises: readonly Float64Array[];
  /** Whose turn is when: round (mod turns) by client. */
  readonly turns: Readonly<Record<string, number>>;
};

/** The options of `dp-ftrl`. */
export const dpFtrlOptions = z
  .strictObject({
    clipNorm: clipNormOption.describe(
      "bound of a hospital's change of the model: L2 norm over all parameters together",
    ),
    noiseMultiplier: noiseMultiplierOption.describe(
      'of the whole run: standard deviation over sensitivity of all rounds together',
    ),
    expectedClients: expectedClientsOption,
    bands: z.int().min(1).describe('the noise of a round goes with that of so many rounds less one before; 1: none'),
  })
  .refine(noiseFits, noiseDoesNotFit);

const name = 'dp-ftrl';

/**
 * Correlated noise at a trusted server, for hospitals as units (DP-FTRL: Kairouz et al. 2021; as a matrix
 * mechanism: Choquette-Choo et al. 2023). Without a claim of amplification by sampling.
 *
 * The server sums clipped changes as `central` does. What counts for a model is the sum over rounds, so the noise n_t of
 * a round takes back part of the noise before: n = C^(-1) z for independent z of standard deviation
 * sigma = noiseMultiplier sensitivity clipNorm, which is n_t = z_t - sum_{k >= 1} c_k n_{t-k}, with C the banded square
 * root (`squareRootCoefficients`). To release x + C^(-1) z is to release C x + z, a Gaussian release of all rounds with
 * the sensitivity of C under the plan's pattern of participation, also where updates are chosen by what came before
 * (Denisov et al. 2022, theorem 2.1). A round is charged r_t of it (`roundCosts`): the charges of a whole run add up to
 * one Gaussian release with `noiseMultiplier`.
 *
 * **When it helps.** With `cohort: {select: cyclic, groups}` and bands up to groups a hospital's rounds are orthogonal and
 * the noise of prefix sums is much smaller than that of independent noise at the same epsilon. Where every hospital is
 * in every round it does not help: columns of C then add up, and independent noise (bands 1) is best. The epsilon is
 * right in both cases.
 *
 * An update that came in a later round than its own would be in a sum whose noise was not meant for it, so that each has
 * to be of the round that it is summed in.
 *
 * With noise multiplier 0 the event is `non-private`.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function dpFtrl(options: DpFtrlOptions, path = 'options'): PrivacyMechanism<DpFtrlState> {
  const { clipNorm, noiseMultiplier, expectedClients, bands } = parseOptions(dpFtrlOptions, options, path, name);
  const coefficients = squareRootCoefficients(bands);
  const known = new Map<string, { readonly costs: readonly number[]; readonly total: number }>();
  const costsOf = ({ rounds, cohort }: Plan) => {
    const turns = turnsOf(cohort);
    const key = `${rounds} ${turns}`;
    let found = known.get(key);
    if (!found) {
      const costs = roundCosts(coefficients, rounds, turns);
      known.set(key, (found = { costs, total: totalCost(costs, turns) }));
    }
    return found;
  };
  return {
    name,
    requires: ['bounded-sensitivity', 'individual-updates', 'fresh-updates'],
    protects: 'what leaves the server',
    adjacency: 'add-or-remove-one',
    assumptions: [
      "the server is trusted: it sees each hospital's clipped update, and adds the noise",
      'which hospitals take part in which rounds is public',
    ],
    validate(plan) {
      requireTraining(plan, name, 'is for sums of changes over the rounds of a training');
      assertUnit(plan, ['hospital'], name);
      turnsOf(plan.cohort);
      if (plan.onMissedQuorum === 'skip')
        throw new FedwardError(
          'CONFIG_INCOMPATIBLE',
          `${name} is priced for a release in each round, and a hospital's next turn comes too early where one is skipped: ` +
            'set onMissedQuorum to fail',
          'onMissedQuorum',
        );
    },
    event({ plan, round }): DpEvent {
      if (noiseMultiplier === 0) return { type: 'non-private', reason: 'updates without noise (noise multiplier 0)' };
      const { costs, total } = costsOf(plan);
      return { type: 'gaussian', noiseMultiplier: noiseMultiplier * Math.sqrt(total / costs[round]!) };
    },
    init: () => ({ noises: [], turns: {} }),
    instruct({ state, plan, round, cohort }) {
      const turn = round % turnsOf(plan.cohort);
      const early = cohort.find((id) => (state.turns[id] ?? turn) !== turn);
      if (early === undefined) return {};
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `round ${round}: it is not the turn of ${early}, and ${name} is priced for one turn a hospital; ` +
          'the list of clients must stay as it is through the run',
        'cohort',
      );
    },
    onClient: (update) => clipUpdate(update, clipNorm, name).update,
    onReceive: (update) => ({ ...clipUpdate(update, clipNorm, name).update, weight: 1 }),
    onRelease(aggregate, { state, noise: source, plan, round, cohort }) {
      const noise = new Float64Array(aggregate.payload.length);
      source.addGaussian(noise, noiseMultiplier * Math.sqrt(costsOf(plan).total) * clipNorm);
      state.noises.forEach((earlier, k) => {
        for (let i = 0; i < noise.length; i++) noise[i]! -= coefficients[k + 1]! * earlier[i]!;
      });
      const released = releaseMean(aggregate, expectedClients, (sum) => noise.forEach((x, i) => (sum[i]! += x)));
      const turn = round % turnsOf(plan.cohort);
      return {
        ...released,
        state: {
          noises: [noise, ...state.noises].slice(0, bands - 1),
          turns: { ...state.turns, ...Object.fromEntries(cohort.map((id) => [id, turn])) },
        },
      };
    },
  };
}

/**
 * In how many rounds a client is asked once.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a cohort that is drawn: nobody knows when a client comes back, and with turns
 *   that are shuffled it may be in the next round
 */
function turnsOf(cohort: Plan['cohort']): number {
  if (cohort.select === 'all') return 1;
  if (cohort.select === 'cyclic' && cohort.order === 'shuffled')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${name} is priced for as many rounds between two turns of a hospital as there are groups, and shuffled turns may follow ` +
        'one another: set order to fixed',
      'cohort.order',
    );
  if (cohort.select === 'cyclic') return cohort.groups;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `${name} must know in which rounds a hospital takes part: set cohort to {select: cyclic, groups} or {select: all}`,
    'cohort.select',
  );
}
