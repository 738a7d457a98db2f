import { digestTensors, encodeSafetensors, tensorValues, type FederationResult } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { reportText } from './report.js';
import type { StudyPaths } from './study-folder.js';
import { absencesIn, type StudyResult } from './study-result.js';
import type { MemberStanding, StudyRecord } from './study-store.js';

/** Puts together what a run came to. @param standings of all members */
export function resultOf(
  { study, planHash }: StudyRecord,
  standings: readonly MemberStanding[],
  run: FederationResult,
): StudyResult {
  const { rounds, done, privacy, simulationOnly, model, runsOn } = run;
  const sites = standings.map(({ site: id, state, why }) => ({
    id,
    roundsTrained: rounds.filter(({ participants }) => participants.includes(id)).length,
    missed: absencesIn(rounds, id),
    ...(Object.hasOwn(runsOn, id) && { runsOn: runsOn[id]! }),
    standing: state,
    why,
  }));
  return {
    ...{ schemaVersion: 1, study: study.id, name: study.name, planHash, simulationOnly, done, rounds, sites, privacy },
    model: { sha256: digestTensors(model) },
  };
}

/** Leaves model, result and report in the study's folder. @throws {FedwardError} STORAGE_FAILED */
export async function writeResult(
  paths: StudyPaths,
  result: StudyResult,
  { model }: Pick<FederationResult, 'model'>,
): Promise<void> {
  const tensors = model.layout.tensors.map(({ name, shape }) => ({ name, shape, values: tensorValues(model, name) }));
  const about = { study: result.study, planHash: result.planHash, sha256: result.model.sha256 };
  await writeFileAtomic(paths.model, encodeSafetensors(tensors, about));
  await writeFileAtomic(paths.result, `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(paths.report, reportText(result));
}
