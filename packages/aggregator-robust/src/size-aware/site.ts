import { createParameters, incompatible, trainAndSubtract, type SiteStrategy } from '@fedward/core';
import { clipped } from '../clip.js';
import { termsOf, type SizeAwareOptions } from './options.js';
import { assertTerms, name } from './server.js';

/**
 * The site's half of `sizeAware`: what a training changed, clipped to C, counted by min(n_i, c).
 *
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `answer`) CONFIG_INCOMPATIBLE at a site that is not among the
 *   declared
 */
export function sizeAwareSite(options: SizeAwareOptions = {}, path = 'aggregator.options'): SiteStrategy {
  const terms = termsOf(options, path);
  return {
    name,
    validate: (plan) => assertTerms(plan, terms),
    validateTask: (task, plan, model) => trainAndSubtract.validateTask!(task, plan, model),
    async answer(context) {
      const most = terms.mostOf(context.clientId);
      if (most === undefined)
        throw incompatible(
          `${context.clientId} is not among the hospitals of aggregator.options.records`,
          'aggregator.options.records',
        );
      const { update, ...answer } = await trainAndSubtract.answer(context);
      const values = clipped(update.values as Float32Array, terms.clipNorm);
      // Records are not even counted where each site counts once: that may be under a price, which covers no look at them.
      const weight = most === 1 ? 1 : Math.min(context.data.count, most);
      return { ...answer, update: createParameters(context.model, values), weight };
    },
  };
}
