import { randomBytes } from 'node:crypto';
import { canonicalJson, FedwardError } from '@fedward/core';
import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { TeamPlugins } from '../plugins/team.js';
import type { InitialFile } from './initial-weights.js';
import type { OptOuts } from '../scenario/opt-outs.js';
import type { Population, PopulationInputs } from '../scenario/scenario.js';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What a run's result depends on beside its plan. */
export const runInputsSchema = z.strictObject({
  /** 32 random bytes, so that a digest of plan.json, which the log has, tells nothing of the digests of data in it. */
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  software: z.strictObject({
    fedward: z.string(),
    node: z.string(),
    /** A team's own, beside those that come with fedward. */
    plugins: z
      .array(z.strictObject({ name: z.string(), version: z.string().optional(), digest: digest.optional() }))
      .default([]),
  }),
  /** Null for a population that does not say what it is made of. */
  population: z
    .strictObject({
      schema: digest.nullable(),
      split: z.json(),
      preprocessing: z.json(),
      hospitals: z.array(
        z.strictObject({ id: z.string(), data: digest, file: digest.optional(), sheet: digest.optional() }),
      ),
    })
    .nullable(),
  /** Of the file of weights that it starts from, where there is one. */
  initial: digest.optional(),
  /** Of the list of patients who opted out, where there is one. */
  optOuts: digest.optional(),
});
/** A `runInputsSchema`, read. */
export type RunInputs = z.output<typeof runInputsSchema>;

/** The inputs of a run that begins. */
export function inputsOf(
  { inputs }: Population,
  team: readonly TeamPlugins[],
  initial?: Pick<InitialFile, 'digest'>,
  optOuts?: Pick<OptOuts, 'digest'>,
): RunInputs {
  const plugins = team.map(({ name, version, digest }) => ({ name, version, digest }));
  return runInputsSchema.parse({
    nonce: randomBytes(32).toString('hex'),
    software: { fedward: packageJson.version, node: process.version, plugins },
    population: inputs ?? null,
    ...(initial && { initial: initial.digest }),
    ...(optOuts && { optOuts: optOuts.digest }),
  });
}

/** A run is loaded again where it is gone on with, and by a worker that trains its sites. */
export type LoadedWhere = '--resume' | 'the worker';

/**
 * Refuses to go on with a run on anything but what it began with. Node's version is kept for the record alone.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming all that differs; no digest is in the message
 */
export function assertSameInputs(begun: RunInputs, now: RunInputs, where: LoadedWhere = '--resume'): void {
  const differences = [
    ...softwareDifference(begun.software.fedward, now.software.fedward),
    ...pluginDifferences(begun.software.plugins, now.software.plugins),
    ...populationDifferences(begun.population, now.population),
    ...(begun.initial === now.initial ? [] : ['the weights that it starts from are others (--initial)']),
    ...(begun.optOuts === now.optOuts ? [] : ['the list of patients who opted out is another (--opt-outs)']),
  ];
  if (differences.length === 0) return;
  const differing = `${where}: this run began with other inputs: ${differences.join('; ')}`;
  const way =
    where === '--resume'
      ? 'What it has released so far rests on those: bring them back, or start a new run in another folder'
      : 'What is trained here would not be what is trained elsewhere: have the same here';
  throw new FedwardError('CONFIG_INCOMPATIBLE', `${differing}. ${way}`, where);
}

/** Versions that differ in their patch number alone give the same bits. */
function softwareDifference(begun: string, now: string): string[] {
  const line = (version: string): string => version.split('.').slice(0, 2).join('.');
  return line(begun) === line(now) ? [] : [`it was begun by fedward ${begun}, this is ${now}`];
}

/** Whichever of a team's plugins the plan names: all that were loaded may have changed what comes out. */
function pluginDifferences(begun: RunInputs['software']['plugins'], now: RunInputs['software']['plugins']): string[] {
  const after = new Map(now.map((plugins) => [plugins.name, plugins]));
  const before = new Set(begun.map(({ name }) => name));
  return [
    ...begun.flatMap((was) => {
      const is = after.get(was.name);
      const called = was.version === undefined ? was.name : `${was.name} ${was.version}`;
      if (!is) return [`it was begun with --plugin ${called}, which was not given`];
      if (is.version !== was.version)
        return [`it was begun with --plugin ${called}, this is ${is.version ?? 'another'}`];
      return is.digest === was.digest ? [] : [`the plugins of ${called} were changed`];
    }),
    ...now.filter(({ name }) => !before.has(name)).map(({ name }) => `it was begun without --plugin ${name}`),
  ];
}

function populationDifferences(begun: PopulationInputs | null, now: PopulationInputs | null): string[] {
  if (!begun || !now) return begun === now ? [] : ['the population says nothing of what it is made of'];
  const differs = (member: 'schema' | 'split' | 'preprocessing'): boolean =>
    canonicalJson(begun[member]) !== canonicalJson(now[member]);
  const before = new Map(begun.hospitals.map((hospital) => [hospital.id, hospital]));
  const after = new Map(now.hospitals.map((hospital) => [hospital.id, hospital]));
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const added = [...after.keys()].filter((id) => !before.has(id));
  const kept = [...before.values()].flatMap((was) => {
    const is = after.get(was.id);
    if (!is) return [];
    if (is.data !== was.data) return [`the data of hospital ${was.id} were changed`];
    if (is.file !== was.file) return [`the file of hospital ${was.id} was written anew, such as in another order`];
    return is.sheet === was.sheet ? [] : [`the data sheet of hospital ${was.id} is another: rows, files or units`];
  });
  return [
    ...(differs('schema') ? ['the schema was changed (schema.json)'] : []),
    ...(differs('split') ? ['the rule that parts records into train and test part is another'] : []),
    ...(differs('preprocessing') ? ['features are prepared in another way'] : []),
    ...removed.map((id) => `hospital ${id} is missing`),
    ...added.map((id) => `hospital ${id} was added`),
    ...kept,
  ];
}
