import type { AuditEvent, AuditEventType, JsonObject } from '@fedward/core';

const planHash = `sha256:${'a1'.repeat(32)}`;
const hash = (byte: string): string => byte.repeat(32);
const spent: JsonObject = {
  ...{ type: 'repeated', count: 33 },
  event: { type: 'poisson-sampled', samplingProbability: 0.09, event: { type: 'gaussian', noiseMultiplier: 4.845 } },
};

/** What no export to another system may hold: a reason is others' text. */
export const secretReason = 'row 7: Erika Mustermann, born 1964-08-12';

type Example = readonly [AuditEventType, JsonObject, { readonly round?: number; readonly clientId?: string }?];

const examples: readonly Example[] = [
  [
    'log-opened',
    {
      ...{ role: 'coordinator', key: 'hub.example+0a1b2c3d+AQIDBA==', operator: 'olga+11223344+AQIDBA==' },
      software: [
        { name: '@fedward/core', version: '0.1.0' },
        { name: 'node', version: '24.1.0' },
      ],
    },
  ],
  ['run-planned', { planFile: hash('b2') }],
  ['policy', { name: 'strict', digest: hash('c3') }, { clientId: 'hospital-0' }],
  ['check', { counts: { pass: 21, fail: 0, 'needs-a-person': 4 } }],
  ['approval', { action: 'approve', planHash, approver: 'dr.meier+55667788+AQIDBA==', meaning: 'reviewed' }],
  [
    'data',
    { rows: { read: 400, used: 350, dropped: [] }, dataSheet: `sha256:${hash('d4')}` },
    { clientId: 'hospital-0' },
  ],
  [
    'run-start',
    {
      ...{ plan: 'tutorial', planHash, rounds: 2, fromRound: 0, seed: 42, simulationOnly: true },
      clients: ['hospital-0', 'hospital-1'],
      sites: [{ ids: ['hospital-1'], software: ['@fedward/core 0.1.0'], dataSheet: hash('e5'), head: null }],
    },
  ],
  [
    'run-resume',
    { plan: 'tutorial', planHash, rounds: 2, fromRound: 1, clients: { number: 1200, digest: hash('f6') } },
  ],
  ['round-start', { cohort: ['hospital-0', 'hospital-1'], sampling: { kind: 'all' } }, { round: 0 }],
  ['training', { samples: 350, spent, simulationOnly: true }, { round: 0, clientId: 'hospital-0' }],
  [
    'training',
    { samples: 'withheld', spent: null, simulationOnly: false, planHash, update: hash('7d') },
    { round: 0, clientId: 'hospital-1' },
  ],
  [
    'query',
    { samples: 12, spent: { type: 'non-private', reason: secretReason } },
    { round: 0, clientId: 'hospital-1' },
  ],
  ['answer-repeated', {}, { round: 0, clientId: 'hospital-0' }],
  ['answer-repeated', { evaluation: true }, { round: 0, clientId: 'hospital-0' }],
  ['call', { mechanism: 'secure-aggregation' }, { round: 0, clientId: 'hospital-0' }],
  ['refusal', { code: 'POLICY_REFUSED', reason: secretReason }, { round: 0, clientId: 'hospital-1' }],
  [
    'refusal',
    { code: 'POLICY_REFUSED', rule: 'minimum-records', reason: secretReason, leaving: 'update', policy: hash('c3') },
    { round: 0, clientId: 'hospital-1' },
  ],
  ['refusal', { code: 'BUDGET_EXCEEDED', reason: secretReason }, { round: 1 }],
  [
    'dropout',
    { id: 'hospital-1', code: 'DEADLINE_PASSED', reason: secretReason, weightLost: 350 },
    { round: 0, clientId: 'hospital-1' },
  ],
  ['aggregation', { participants: ['hospital-0'], dropped: ['hospital-1'], divisor: 350, spent }, { round: 0 }],
  ['release', { 'dp-sgd': { clipped: 3 } }, { round: 0 }],
  ['round-failure', { code: 'QUORUM_NOT_MET', reason: secretReason, spent: null }, { round: 1 }],
  ['evaluation', { metrics: { accuracy: 0.83, auroc: 0.93456 } }, { round: 0 }],
  [
    'evaluation',
    { atSites: true, metrics: { accuracy: 0.8 }, failed: [{ id: 'hospital-1', code: 'CLIENT_FAILED' }], spent: null },
    { round: 0 },
  ],
  ['evaluation', { spent: null }, { round: 0, clientId: 'hospital-0' }],
  [
    'round-certified',
    {
      ...{ planHash, participants: ['hospital-0'], dropped: ['hospital-1'], epsilon: 0.5 },
      ...{ model: { before: hash('17'), after: hash('28') }, dataSheets: { 'hospital-0': hash('d4') } },
      ...{ updates: { 'hospital-0': hash('7d') }, heads: { 'hospital-0': { index: 7, root: hash('8e') } } },
    },
    { round: 0 },
  ],
  ['log-recovery', { file: 'recovered-1.bin', bytes: 17, sha256: hash('39'), offset: 4096 }],
  ['key-rotated', { from: 'hub.example+0a1b2c3d+AQIDBA==', to: 'hub.example+99aabbcc+AQIDBA==' }],
  ['log-pruned', { before: '2020-01-01T00:00:00Z', entries: 1000 }],
  ['run-failure', { code: 'UNEXPECTED', reason: secretReason }, { round: 1 }],
  ['run-end', { rounds: 2, modelSha256: hash('4a'), privacy: { epsilon: 0.57285, delta: 0.00001 } }],
  ['run-sealed', { sha256: { 'model.safetensors': hash('5b'), 'result.json': hash('6c') } }],
];

/** What a log adds itself, of who writes it. */
const own: readonly string[] = ['log-opened', 'key-rotated', 'log-pruned'];

/** An event of every type that there is, as a run, a site and a log write them. */
export const everyType: readonly AuditEvent[] = examples.map(([type, details, place = {}], n) => ({
  type,
  time: new Date(Date.UTC(2026, 0, 1, 12) + n * 1000).toISOString(),
  runId: 'run-1',
  ...place,
  details,
}));

/** Of these, what others than the log itself append. */
export const everyAppended: readonly AuditEvent[] = everyType.filter(({ type }) => !own.includes(type));
