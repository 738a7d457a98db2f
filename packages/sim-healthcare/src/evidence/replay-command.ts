import { relative } from 'node:path';
import { FedwardError } from '@fedward/core';
import type { PartitionSpec } from '@fedward/data-medical';
import { findScenario } from '../scenario/index.js';
import type { PlannedRun } from '../run/run-folder.js';

/** How a run is repeated. */
export interface Replay {
  /** With `$PACK`, `$DATA` and `$NEW`. */
  readonly command: string;
  /** Whether the same bits must come of it. */
  readonly exact: boolean;
  /** Why not, or what to know. */
  readonly notes: readonly string[];
}

/** The command line that repeats a run by the plan in its pack. */
export function replayOf({ simulation, inputs }: Pick<PlannedRun, 'simulation' | 'inputs'>): Replay {
  const { scenario, dataDir, schema, partition, hospitals, labelNoise, dropRate, slow, initial, secureNoise } =
    simulation;
  const { without, optOuts, policies, approvals, declared } = simulation;
  const inData = schema !== undefined && dataDir !== undefined ? relative(dataDir, schema) : undefined;
  const schemaThere = inData !== undefined && !inData.startsWith('..');
  const words = [
    ...['fedward', 'simulate', '--scenario', quoted(scenario)],
    ...(needsData(scenario) ? ['--data', '"$DATA"'] : []),
    ...(schema === undefined ? [] : ['--schema', schemaThere ? `"$DATA"/${quoted(inData)}` : '"$SCHEMA"']),
    ...(partition ? ['--partition', quoted(partitionText(partition))] : []),
    ...(hospitals === undefined ? [] : ['--hospitals', String(hospitals)]),
    ...(labelNoise ? ['--label-noise', String(labelNoise.rate)] : []),
    ...(labelNoise?.hospitals === undefined ? [] : ['--noisy-hospitals', String(labelNoise.hospitals)]),
    ...(dropRate > 0 ? ['--drop-rate', String(dropRate)] : []),
    ...Object.entries(slow ?? {}).flatMap(([id, times]) => ['--slow', quoted(`${id}=${times}`)]),
    ...(without ?? []).flatMap((id) => ['--without', quoted(id)]),
    ...(optOuts === undefined ? [] : ['--opt-outs', '"$OPT_OUTS"']),
    ...(initial === undefined ? [] : ['--initial', '"$INITIAL"']),
    ...(secureNoise ? ['--secure-noise'] : []),
    ...(policies ? ['--policy', '"$POLICY"'] : []),
    ...(approvals === undefined ? [] : ['--approvals', '"$APPROVALS"']),
    ...(policies && declared ? ['--declarations', '"$DECLARATIONS"'] : []),
    ...inputs.software.plugins.flatMap(({ name }) => ['--plugin', quoted(name)]),
    ...['--config', '"$PACK/plan.json"', '--no-local', '--out', '"$NEW"', '--json'],
  ];
  const notes = [
    ...(secureNoise ? ['Noise, sampling and split came from the operating system: no seed repeats the run.'] : []),
    ...(schema !== undefined && !schemaThere ? ['The schema is a file beside the data: name it in $SCHEMA.'] : []),
    ...(optOuts === undefined ? [] : ['The list of those who opted out is in no pack: name it in $OPT_OUTS.']),
    ...(initial === undefined ? [] : ['The run started from a file of weights: name it in $INITIAL.']),
    ...(policies
      ? ["Hospitals' hosts had rules, which the settings have under `policies`: name them in $POLICY."]
      : []),
    ...(approvals === undefined
      ? []
      : ['A host let in what was approved: name the folder with the proposal and its approvals in $APPROVALS.']),
    ...(policies && declared ? ['The study declared something to them: name it in $DECLARATIONS.'] : []),
    ...(inputs.software.plugins.length > 0 ? ["The run had plugins of a team's own, which are in no pack."] : []),
  ];
  return { command: words.join(' '), exact: notes.length === 0, notes };
}

/** A scenario of another version may be gone. */
function needsData(name: string): boolean {
  try {
    return findScenario(name).needsData;
  } catch (error) {
    if (error instanceof FedwardError) return true;
    throw error;
  }
}

/** As `parsePartition` reads it. */
export function partitionText(partition: PartitionSpec): string {
  switch (partition.by) {
    case 'column':
      return `column:${partition.column}`;
    case 'iid':
      return `iid:${partition.hospitals}`;
    case 'feature':
      return `feature:${partition.hospitals}:${partition.column}`;
    case 'dirichlet':
    case 'quantity':
      return `${partition.by}:${partition.hospitals}:${partition.alpha}`;
  }
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
