import type { SiteDescription } from '../interfaces/description.js';
import { isTrainingPlan, type BatchesSpec } from '../plan/plan.js';
import type { PrivacyUnit } from '../privacy/events.js';
import type { Federation, PrivacyStatement } from './federation.js';
import type { Protection } from '../privacy/protection.js';
import type { Spending } from '../privacy/spending.js';

/** Of more clients than this, what is written once a run does not name each. */
export const mostListed = 1000;

/** What a statement rests on. */
export interface StatementGrounds extends Pick<Federation, 'plan' | 'mechanisms' | 'accountant' | 'transport'> {
  readonly protection: Protection;
  readonly spending: Spending | undefined;
  readonly simulationOnly: boolean;
  /** What the sites said of themselves: all that were asked. */
  readonly sites: readonly SiteDescription[];
}

/** The epsilon of a run with everything that it depends on; null where nothing was priced. */
export function privacyStatement(grounds: StatementGrounds): PrivacyStatement | null {
  const { plan, mechanisms = [], accountant, transport, spending, simulationOnly, sites } = grounds;
  const { adjacency, countIsPublic, gradient, protects } = grounds.protection;
  if (!spending || !plan.privacy || !adjacency || !accountant || plan.privacy.delta === undefined) return null;
  const { unit, delta } = plan.privacy;
  return {
    mechanisms: mechanisms.map(({ name }) => name),
    unit,
    adjacency,
    protects,
    accountant: accountant(adjacency).name,
    delta,
    epsilon: spending.maximum,
    // Also the sites that have left since.
    perClient: [...new Set([...few(transport.clients()), ...spending.clients])].map((id) => ({
      id,
      epsilon: spending.epsilon(id),
      spent: spending.spentBy(id),
    })),
    assumptions: [
      gradient && isTrainingPlan(plan)
        ? samplingAssumption(plan.training.batches, unit)
        : 'no amplification by sampling is claimed',
      ...mechanisms.flatMap(({ assumptions }) => assumptions ?? []),
      ...(protects === 'what leaves the server'
        ? ['nothing is promised against the server, nor against whoever reads what sites send to it']
        : []),
      unit === 'hospital' ? 'no two sites are one hospital' : 'no patient is at two sites',
      ledgersAssumption(sites, unit),
      'each site runs the mechanisms of the plan, and lets nothing out beside them',
      ...(countIsPublic
        ? [
            'neighbours have as many training records: nothing is promised where a record is trained on and another in ' +
              'its place would be left out, or tested on',
          ]
        : []),
      ...(countIsPublic || unit === 'hospital' ? [] : [`that a site has any ${unit}s at all is public`]),
      ...(simulationOnly ? ['simulation only: noise and sampling come from a seed and protect nobody'] : []),
    ],
    withheld: [
      'training loss',
      ...(grounds.protection.evaluationEventOf(0) ? [] : ['evaluation at the sites']),
      ...(countIsPublic ? [] : ['number of records']),
    ],
    released: [
      ...(protects === 'what leaves the server'
        ? ["each site's update, clipped and without noise, to the server"]
        : []),
      ...(countIsPublic ? ["each site's number of records: its weight, and in the log"] : []),
      'which sites took part in which rounds',
    ],
    claims: mechanisms.flatMap(({ claims }) => claims ?? []),
  };
}

/** Of a large population those that were never asked are left out: they have spent nothing. */
function few(clients: readonly string[]): readonly string[] {
  return clients.length > mostListed ? [] : clients;
}

function samplingAssumption(batches: BatchesSpec, unit: string): string {
  if (batches.kind !== 'poisson') return 'no amplification by sampling is claimed: each epoch is a shuffled partition';
  return batches.probability === 1
    ? `no amplification by sampling is claimed: each ${unit} is in each step`
    : `Poisson sampling: each ${unit} is in each step with probability ${batches.probability}, independently and in secret`;
}

/** What sites say of their own ledgers is what is said here. */
function ledgersAssumption(sites: readonly SiteDescription[], unit: PrivacyUnit): string {
  const keeping = sites.filter(({ keepsLedger }) => keepsLedger).length;
  if (sites.length > 0 && keeping === sites.length)
    return "what was spent in other runs is not in this epsilon: it is in the sites' ledgers, with all that was released";
  const others = `what the same ${unit === 'hospital' ? 'hospitals' : 'patients'} spent in other runs is not counted`;
  return keeping === 0
    ? others
    : `${others}, but at the ${keeping} of ${sites.length} sites that say they keep a ledger`;
}
