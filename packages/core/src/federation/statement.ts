import type { BatchesSpec } from '../plan/plan.js';
import type { Federation, PrivacyStatement } from './federation.js';
import { finiteOrNull } from './round.js';
import type { Spending } from './spending.js';

/** The epsilon of a run with everything that it depends on; null where nothing was priced. */
export function privacyStatement(
  { plan, mechanisms = [], accountant, transport, simulationOnly }: Federation,
  spending: Spending | undefined,
): PrivacyStatement | null {
  const adjacency = mechanisms.find((mechanism) => mechanism.adjacency)?.adjacency;
  if (!spending || !plan.privacy || !adjacency || !accountant) return null;
  const { unit, delta } = plan.privacy;
  return {
    mechanisms: mechanisms.map(({ name }) => name),
    unit,
    adjacency,
    accountant: accountant(adjacency).name,
    delta,
    epsilon: finiteOrNull(spending.maximum),
    perClient: transport.clients().map((id) => ({
      id,
      epsilon: finiteOrNull(spending.epsilon(id)),
      spent: spending.ledger(id),
    })),
    assumptions: [
      samplingAssumption(plan.training.batches, unit),
      'no patient is at two sites',
      ...(simulationOnly ? ['simulation only: noise and sampling come from a seed and protect nobody'] : []),
    ],
    withheld: ['training loss', ...(adjacency === 'add-or-remove-one' ? ['number of records'] : [])],
    claims: mechanisms.flatMap(({ claims }) => claims ?? []),
  };
}

function samplingAssumption(batches: BatchesSpec, unit: string): string {
  return batches.kind === 'poisson'
    ? `Poisson sampling: each ${unit} is in each step with probability ${batches.probability}, independently and in secret`
    : 'no amplification by sampling is claimed: each epoch is a shuffled partition';
}
