import type { Records } from '@fedward/core';
import { answerChecks } from './query/answers.js';
import { boundChecks } from './query/bounds.js';
import { formChecks } from './query/form.js';
import type { Given } from './query/given.js';
import type { QueryComplianceOptions } from './query/options.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

export type { QueryComplianceOptions } from './query/options.js';

/** What every query must do; see `Query` in core. */
export function queryCompliance<D extends Records>(options: QueryComplianceOptions<D>): ComplianceSuite {
  const given = options as unknown as Given;
  return defineSuite(`query ${options.create().name}`, {
    ...formChecks(given),
    ...answerChecks(given),
    ...boundChecks(given),
  });
}
