import type { PackFacts } from '../pack/facts.js';

const hash = 'a'.repeat(64);

/** Facts of a small run that is whole, over which a test writes its own. */
export function someFacts(over: Partial<PackFacts> = {}): PackFacts {
  return {
    run: {
      ...{ runId: 'run-1', scenario: 'study', planHash: `sha256:${hash}`, simulationOnly: true, seed: 7, rounds: 2 },
      ...{ began: '2026-01-02T03:04:05.000Z', ended: '2026-01-02T03:05:05.000Z', state: 'sealed', ok: true },
      ...{ model: 'b'.repeat(64), hospitals: ['north', 'south'] },
    },
    flows: [
      ...(['north', 'south'] as const).map((from) => ({
        ...{ from, to: 'coordinator', kind: 'update', round: 0, time: '2026-01-02T03:04:30.000Z', bytes: 808 },
      })),
    ],
    bytes: { sent: 1616, received: 1616 },
    ...{ notices: [], refusals: [], approvals: [], policies: [], checks: [] },
    logs: [{ owner: 'coordinator', folder: 'audit', entries: 12, root: 'c'.repeat(64), ok: true }],
    files: [{ file: 'plan.json', sha256: hash, logged: hash }],
    proofs: [],
    certificates: [],
    copies: [{ file: 'cards/model-card.md', content: Buffer.from('# Card\n') }],
    privacy: null,
    secureAggregation: false,
    ledgers: null,
    rows: [
      { hospital: 'north', read: null, used: 40, dropped: [{ reason: 'opted out', rows: null }], withheld: false },
      { hospital: 'south', read: 30, used: 30, dropped: [], withheld: false },
    ],
    participation: { complete: true, meanShareLost: 0 },
    parts: [{ id: 'north', rounds: 2, missed: 0, lastRound: 1, weightShareLost: 0 }],
    missed: [],
    reach: [{ id: 'north', most: null, because: 'fedavg takes an update of any size' }],
    minimumCount: 5,
    plan: { name: 'study', model: { inputShape: [2] } },
    inputs: { software: { fedward: '0.1.0', node: 'v20.20.2' }, population: { hospitals: [] } },
    simulation: { scenario: 'study' },
    replay: { command: 'fedward simulate --scenario study --out "$NEW" --json', exact: true, notes: [] },
    kept: [
      { file: 'audit/checkpoint', bytes: 100 },
      { file: 'checkpoints/run-1.safetensors', bytes: 2000 },
      { file: 'split.secret', bytes: 64 },
      { file: 'hospitals/north/key.json', bytes: 300 },
      { file: 'keys.txt', bytes: 70 },
      { file: 'model.safetensors', bytes: 4000 },
    ],
    installed: [
      { name: '@fedward/cli', version: '0.1.0', licence: 'EUPL-1.2', dependsOn: ['zod@4.6.7'] },
      { name: 'zod', version: '4.6.7', licence: 'MIT', integrity: `sha512-${'A'.repeat(86)}==`, dependsOn: [] },
    ],
    node: 'v20.20.2',
    declarations: null,
    ...over,
  };
}
