import { FedwardError, incompatible } from '../base/errors.js';
import type { Query } from '../interfaces/query.js';
import { elementOf, findNonFinite, sameLayout } from '../parameters/parameters.js';
import type { QueryPlan } from '../plan/plan.js';
import type { Work } from './work.js';

/**
 * A query as a site's work.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for another query than the plan's, or a sensitivity that bounds nothing
 */
export function queryWork(plan: QueryPlan, query: Query): Work {
  if (query.name !== plan.query.name)
    throw incompatible(`the plan asks the query ${plan.query.name}, the site has ${query.name}`, 'query.name');
  query.validate?.(plan);
  const sensitivity = query.sensitivity?.(plan.privacy?.unit ?? 'record');
  if (sensitivity !== undefined && !(sensitivity >= 0 && sensitivity < Infinity))
    throw incompatible(
      `query ${query.name} says that its sensitivity is ${sensitivity}, which bounds nothing`,
      'query',
    );
  return {
    prepare: async () => undefined,
    description: () => ({ kind: 'query', query: query.name }),
    strategy: query.name,
    sensitivity,
    assertData: (data) => query.validateData?.(data),
    assertTask(task) {
      if (!('instructions' in task)) throw incompatible('a query has no model to be scored', 'query');
    },
    async run({ clientId, task, data, signal }) {
      const { round, payload: sent, instructions } = task;
      const payload = await query.answer({ clientId, round, plan, sent, instructions, data, signal });
      const { form } = query;
      const { layout, values } = payload;
      if (!sameLayout(layout, form.layout) || values.length !== form.layout.size || elementOf(values) !== form.element)
        throw new FedwardError(
          'CLIENT_FAILED',
          `query ${query.name} gave another answer than its \`form\``,
          query.name,
        );
      // No noise covers a NaN or an Infinity, so that it would tell of the records whatever was paid.
      const tensor = findNonFinite(payload)?.name;
      if (tensor !== undefined)
        throw new FedwardError(
          'UPDATE_NOT_FINITE',
          `${clientId}: the answer of ${query.name} in round ${round} has a NaN or Infinity in tensor ${tensor}`,
          clientId,
        );
      return { payload, metrics: {} };
    },
  };
}
