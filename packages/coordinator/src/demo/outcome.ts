import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createLayout,
  createParameters,
  decodeSafetensors,
  digestTensors,
  type Metrics,
  type Parameters,
} from '@fedward/core';
import { readAuditLog, verifyAuditLog } from '@fedward/audit';
import { keyPathsIn, readVerifierKeys } from '@fedward/kit-keys';
import { modelMetrics } from '@fedward/metrics-clinical';
import { hasLedger, readLedger, trustedKey } from '@fedward/privacy-dp/ledger';
import { predictorOf } from '@fedward/sim-healthcare';
import type { LocalDeployment } from '../local/deployment.js';
import type { DemoScenario } from './scenario.js';

/** A hospital's part, as its own folder tells it. */
export interface SiteOutcome {
  readonly id: string;
  readonly roundsTrained: number;
  readonly restarts: number;
  /**
   * Of its ledger: by the ledger's own accountant, of all studies on its patients. Above the epsilon of a round, which is by the
   * plan's accountant, of this study alone. Null without privacy.
   */
  readonly epsilon: number | null;
  /** Log and ledger: no byte is other than it was written, and both are signed by the hospital's key. */
  readonly auditVerified: boolean;
}

/** What `fedward demo --json` prints. */
export interface DemoOutcome {
  readonly model: { readonly sha256: string; readonly metrics: Metrics };
  readonly sites: readonly SiteOutcome[];
  readonly rounds: number;
  readonly seconds: number;
}

/** @param file model.safetensors */
export async function readModel(file: string): Promise<Parameters> {
  const { tensors } = decodeSafetensors(await readFile(file));
  const layout = createLayout(tensors);
  const values = new Float32Array(layout.size);
  tensors.forEach((tensor, n) => values.set(tensor.values as Float32Array, layout.tensors[n]!.offset));
  return createParameters(layout, values);
}

/** The final model, scored on the patients of all hospitals that nothing was trained on. */
export async function modelOutcome(file: string, { plan, population }: DemoScenario): Promise<DemoOutcome['model']> {
  const model = await readModel(file);
  const outputs = await (await predictorOf(plan.model, model)).predict(plan.model, model, population.test);
  return { sha256: digestTensors(model), metrics: modelMetrics(plan.model.loss, outputs, population.test.labels) };
}

/** Reads and verifies what a hospital has kept. @param study whose rounds are counted */
export async function siteOutcome(deployment: LocalDeployment, id: string, study: string): Promise<SiteOutcome> {
  const folder = deployment.siteFolder(id);
  const known = await readVerifierKeys(keyPathsIn(join(folder, 'keys'), id).public);
  const keys = known.map(({ verifierKey }) => verifierKey);
  const log = await verifyAuditLog(join(folder, 'audit'), { keys });
  const rounds = new Set<number>();
  for await (const { event } of readAuditLog(join(folder, 'audit')))
    if (event.type === 'training' && event.runId === study && event.round !== undefined) rounds.add(event.round);
  const ledger = (await hasLedger(join(folder, 'ledger'))) ? await readLedger(join(folder, 'ledger')) : undefined;
  const ledgerHolds = !ledger || (ledger.fault === null && trustedKey(ledger.signature, known) !== undefined);
  return {
    ...{ id, roundsTrained: rounds.size, restarts: deployment.sites.get(id)!.restarts },
    epsilon: ledger?.epsilon ?? null,
    auditVerified: log.ok && ledgerHolds,
  };
}
