import { randomBytes } from 'node:crypto';
import { digestJson, planHash, version as coreVersion, type Json, type Software } from '@fedward/core';
import { approvalFolder, proposalOf, subjectDifferences, type Proposal, type RunSubject } from '@fedward/compliance';
import type { LoadedRun } from '../run/planned-run.js';
import type { PlannedRun } from '../run/run-folder.js';
import type { RunInputs } from '../run/run-inputs.js';
import { sheetsOf } from '../run/sheets.js';

/** What runs at a simulated hospital beside core: fedward, and plugins of a team's own by their digests. */
export function softwareOf({ software }: RunInputs): readonly Software[] {
  const plugins = software.plugins.map(({ name, version, digest }) => ({
    name,
    version: [version, digest].filter((part) => part !== undefined).join(' ') || 'unknown',
  }));
  return [{ name: 'fedward', version: software.fedward }, ...plugins];
}

/** What a run is at one of its hospitals: what is approved there. */
export function subjectAt(
  {
    plan,
    inputs,
    simulation,
  }: Pick<PlannedRun, 'plan' | 'inputs'> & {
    readonly simulation: Pick<PlannedRun['simulation'], 'validate' | 'declared'>;
  },
  hospital: string,
): RunSubject {
  const { population, initial } = inputs;
  return {
    plan: planHash(plan),
    hospital,
    dataSheet: dataOf(inputs, hospital),
    schema: population?.schema ?? null,
    split: splitOf(population?.split, simulation.validate),
    preprocessing: (population?.preprocessing ?? null) as Json,
    software: [{ name: '@fedward/core', version: coreVersion }, ...softwareOf(inputs)],
    initial: initial ?? null,
    declared: simulation.declared ?? null,
  };
}

/** Folds train on records that the run itself only tests on: who approves a split has not approved those. */
function splitOf(split: unknown, validate: PlannedRun['simulation']['validate']): Json {
  const own = (split ?? null) as Json;
  return validate === undefined || validate.kind === 'holdout' ? own : { run: own, validation: { ...validate } };
}

/** The digest of a hospital's data sheet, or, where it has none, of its records; each with the run's secret number. */
function dataOf(inputs: RunInputs, hospital: string): string | null {
  const data = inputs.population?.hospitals.find(({ id }) => id === hospital)?.data;
  const unnamed = data === undefined ? null : digestJson({ nonce: inputs.nonce, data });
  return sheetsOf(inputs).get(hospital) ?? unnamed;
}

/**
 * A planned run as it waits for approval.
 * @param nonce that of the proposals beside it, by which the data of both can be compared; default: a new one
 */
export function proposalOfRun({ planned, population }: LoadedRun, time: string, nonce = newNonce()): Proposal {
  const inputs = { ...planned.inputs, nonce };
  const subjects = population.ids.map((id) => subjectAt({ ...planned, inputs }, id));
  const name = `${planned.simulation.scenario}: ${planned.plan.name}`;
  return proposalOf({ name, time, nonce, plan: planned.plan, subjects });
}

function newNonce(): string {
  return randomBytes(32).toString('hex');
}

/**
 * A run that takes its secret number from the proposal that it is: digests of data sheets are with that number, so that what
 * was approved can be told from what runs. Of no proposal, that of the one which differs least.
 */
export async function asProposed(loaded: LoadedRun): Promise<LoadedRun> {
  const { planned, population } = loaded;
  const { approvals } = planned.simulation;
  if (approvals === undefined) return loaded;
  const proposals = await approvalFolder(approvals).proposals();
  const differing = proposals.map(({ proposal }) => {
    const inputs = { ...planned.inputs, nonce: proposal.nonce };
    const was = new Map(proposal.subjects.map((subject) => [subject.hospital, subject]));
    const differences = population.ids.flatMap((id) => {
      const subject = was.get(id);
      return subject
        ? subjectDifferences(subject, subjectAt({ ...planned, inputs }, id))
        : ['the hospital is not in it'];
    });
    return { inputs, differences: differences.length };
  });
  const [least] = differing.sort((a, b) => a.differences - b.differences);
  return least ? { ...loaded, planned: { ...planned, inputs: least.inputs } } : loaded;
}
