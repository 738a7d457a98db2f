import { parsePlan, planHash } from '@fedward/core';
import type { CaseFacts, CheckFacts } from '../checks/facts.js';
import { findIdentifiers } from '../identifiers/scan.js';

const plan = parsePlan({
  schemaVersion: 1,
  name: 'case',
  seed: 1,
  rounds: 1,
  aggregator: { name: 'fedavg' },
  model: { inputShape: [1], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'wasm',
    batches: { kind: 'shuffle', size: 1, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});

/** The facts of a case: those of a simulation of which nothing is declared, but for what the case gives. */
export function factsOf({ columns, declarations, ...given }: CaseFacts): CheckFacts {
  const tables = columns && [
    {
      hospital: 'north',
      rows: Math.max(...columns.map(({ cells }) => cells.length)),
      columns: columns.map(({ name, role = 'feature', cells }) => ({
        name,
        role,
        cells: cells.length,
        findings: findIdentifiers([{ name, cells }]),
      })),
    },
  ];
  return {
    tables: tables ?? [],
    simulatedPatients: false,
    hospitals: ['north'],
    plan,
    planHash: planHash(plan),
    outputs: ['model', 'scores'],
    keys: [],
    log: { chained: true, signed: false, perSite: false },
    transport: { kind: 'none' },
    today: '2026-06-01',
    ...given,
    declarations: { schemaVersion: 1, ...declarations },
  };
}
