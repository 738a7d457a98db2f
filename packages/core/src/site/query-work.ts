import { FedwardError, incompatible } from '../base/errors.js';
import type { Query } from '../interfaces/query.js';
import { elementOf, sameLayout } from '../parameters/parameters.js';
import type { QueryPlan } from '../plan/plan.js';
import type { Work } from './work.js';

/**
 * A query as a site's work.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for another query than the plan's
 */
export function queryWork(plan: QueryPlan, query: Query): Work {
  if (query.name !== plan.query.name)
    throw incompatible(`the plan asks the query ${plan.query.name}, the site has ${query.name}`, 'query.name');
  query.validate?.(plan);
  return {
    prepare: async () => undefined,
    description: () => ({ kind: 'query', query: query.name }),
    strategy: query.name,
    sensitivity: query.sensitivity?.(plan.privacy?.unit ?? 'record'),
    assertData: (data) => query.validateData?.(data),
    assertTask(task) {
      if (!('instructions' in task)) throw incompatible('a query has no model to be scored', 'query');
    },
    async run({ clientId, task, data, signal }) {
      const { round, payload: sent, instructions } = task;
      const payload = await query.answer({ clientId, round, plan, sent, instructions, data, signal });
      const { form } = query;
      if (!sameLayout(payload.layout, form.layout) || elementOf(payload.values) !== form.element)
        throw new FedwardError(
          'CLIENT_FAILED',
          `query ${query.name} gave another answer than its \`form\``,
          query.name,
        );
      return { payload, metrics: {} };
    },
  };
}
