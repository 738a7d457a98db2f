import { rdpAccountant, dpSgdEvent, groupEpsilon } from '@fedward/privacy-dp/accounting';
import { roundedUp } from '@fedward/sim-healthcare/report';
import { printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

export interface UnitsOptions {
  readonly noiseMultiplier: number;
  readonly samplingProbability: number;
  readonly steps: number;
  readonly recordsPerPatient: number;
  readonly delta: number;
  readonly json?: boolean;
}

/**
 * DP-SGD with one noise multiplier, sampling probability and number of steps costs the same epsilon whatever its unit.
 * It speaks of different people's data.
 */
export function unitsAction({ json, ...options }: UnitsOptions): void {
  const { delta, recordsPerPatient: records } = options;
  const accountant = rdpAccountant()('add-or-remove-one');
  accountant.compose(dpSgdEvent(options));
  const own = accountant.epsilon(delta);
  const group = groupEpsilon({ ...options, records });
  const shared = { delta, adjacency: 'add-or-remove-one', accountant: accountant.name };
  if (json)
    return printJson({
      ...options,
      ...shared,
      unitRecord: { record: own, patient: group },
      unitPatient: { patient: own },
    });
  printTable(
    ['Sampled and clipped', 'Epsilon of one record', `Epsilon of a patient with ${records} records`],
    [
      ['each record', roundedUp(own), roundedUp(group)],
      ['each patient', '-', roundedUp(own)],
    ],
  );
  printLine(`At delta ${delta}; adjacency: ${shared.adjacency}; accountant: ${shared.accountant}.`);
  printLine('Assumes Poisson sampling with this probability, of records or of patients, kept secret.');
  printLine('A patient among sampled records: mixture of Gaussians, arXiv:2401.10294; some data attain it.');
  printLine(
    'A record of a protected patient: changing it can move his or her part by two clip norms; not priced here.',
  );
}
