import { FedwardError } from '@fedward/core';
import {
  baselineWords,
  coefficients,
  coefficientsCsv,
  labelOf,
  preprocessingOf,
  readBundle,
  type BundleManifest,
  type Coefficients,
  type ReadBundle,
} from '@fedward/model-bundle';
import { verifyRun, type RunVerification } from '@fedward/sim-healthcare';
import { printJson, printLine, printLines } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';
import { printFigures } from './figures-table.js';
import { featuresOf } from './show-features.js';

/** `fedward model show` as commander has parsed it. */
export interface ShowFlags {
  readonly coefficients?: boolean;
  readonly hospital?: string;
  readonly format: 'table' | 'csv';
  readonly json?: boolean;
}

/** What a model is, or the table of its coefficients. */
export async function showAction(path: string, flags: ShowFlags): Promise<void> {
  const bundle = await readBundle(path);
  if (flags.coefficients) return showCoefficients(bundle, flags);
  if (flags.hospital !== undefined || flags.format === 'csv')
    throw new FedwardError('CONFIG_INVALID', '--hospital and --format: they are of --coefficients', '--coefficients');
  const { manifest, sha256, file, version, run } = bundle;
  const verified = run === undefined ? undefined : await verification(run);
  if (flags.json)
    return printJson({
      ...{ file, sha256, version, manifest, parameters: bundle.weights.layout.size },
      ...(verified && { run: { folder: run, ok: verified.ok, state: verified.state, faults: verified.faults } }),
    });
  print(bundle, verified);
}

/** Undefined where the folder has no log. */
async function verification(run: string): Promise<RunVerification | undefined> {
  try {
    return await verifyRun(run);
  } catch {
    return undefined;
  }
}

function print(bundle: ReadBundle, verified: RunVerification | undefined): void {
  const { manifest, sha256, file, version, weights } = bundle;
  const label = labelOf(manifest);
  const { title, task, model, threshold, software, runId, planHash, intendedUse, privacy } = manifest;
  printLine(`${title}: ${taskWords(manifest)}`);
  printLine(`${sha256}  ${file}`);
  printTable(
    ['', ''],
    [
      ['Trained by', `${software}${version === 0 ? ' (a file from before there were bundles)' : ''}`],
      ['Run', runId ?? 'unknown'],
      ['Plan', planHash ?? 'unknown'],
      ['Intended use', intendedUse ?? 'not declared'],
      ['Model', `${model.layers.map(({ type }) => type).join(', ')}; ${weights.layout.size} parameters, ${model.loss}`],
      ['Label', `${label.name}${label.unit === undefined ? '' : ` (${label.unit})`}`],
      ...(label.classes ? [['Classes', label.classes.join(', ')]] : []),
      ...(task === 'binary'
        ? [['Threshold', threshold ? `${threshold.value}: ${threshold.rule} (${threshold.on})` : '0.5, the default']]
        : []),
      ['Preprocessing', preprocessingWords(manifest)],
      ['Privacy', privacy.length > 0 ? privacy : 'none'],
      ...(manifest.simulationOnly
        ? [['Noise', 'from a seed, or nobody knows: a simulation, which protects nobody']]
        : []),
      ...(verified ? [['Log of the run', verifiedWords(verified)]] : []),
    ],
  );
  const features = featuresOf(manifest);
  if (features.length > 0) printTable(['Column', 'Kind', 'Unit, levels or range', 'Missing'], features);
  const { evaluation } = manifest;
  if (manifest.baseline) printLine(baselineWords(manifest.baseline));
  if (!evaluation) return printLine('It was not evaluated, or its figures may not be told.');
  printLine(`On the test part of its own run: ${evaluation.records} records of ${evaluation.patients} patients`);
  printFigures(evaluation, undefined);
}

function taskWords(manifest: BundleManifest): string {
  const { task } = manifest;
  const label = labelOf(manifest);
  if (task === 'value') return `predicts ${label.name}`;
  if (task === 'survival') return `ranks records by the hazard of ${label.name}`;
  return `tells ${label.classes ? label.classes.toReversed().join(' from ') : `classes of ${label.name}`}`;
}

function preprocessingWords({ preprocessing }: BundleManifest): string {
  if (!preprocessing) return 'none is known: columns are taken as they are';
  if (preprocessing.unfitted && !preprocessing.all)
    return 'each hospital fitted its own, which stays with it: nothing has paid for these numbers';
  if (!preprocessing.all) return `each hospital fitted its own: ${Object.keys(preprocessing.hospitals).join(', ')}`;
  const { fittedOn, features } = preprocessing.all;
  const words = {
    nothing: 'declared, nothing was fitted',
    site: 'fitted at a site',
    federation: 'fitted over all sites',
  };
  return `${words[fittedOn]}; the same everywhere${features ? `; a screening kept ${features.length} features` : ''}`;
}

function verifiedWords({ ok, state, faults }: RunVerification): string {
  if (ok && state === 'sealed') return 'verified: the log vouches for this file';
  return faults.length > 0
    ? `NOT VERIFIED: ${faults.map(({ file, message }) => `${file}: ${message}`).join('; ')}`
    : state;
}

async function showCoefficients(bundle: ReadBundle, { hospital, format, json }: ShowFlags): Promise<void> {
  const table = coefficients(bundle, await preprocessingOf(bundle.manifest, { hospital }));
  if (json) return printJson(table);
  if (format === 'csv') return printLines(coefficientsCsv(table).trimEnd());
  printCoefficients(table);
}

function printCoefficients({ outputs, intercepts, terms, formula }: Coefficients): void {
  const shown = (value: number): string => String(Number(value.toPrecision(6)));
  printTable(
    ['Column', 'Level or unit', 'Within', ...outputs],
    [
      ['(intercept)', '', '', ...intercepts.map(shown)],
      ...terms.map(({ column, level, missing, unit, transform, limits, coefficients: own }) => [
        transform ? `${transform} of ${column}` : column,
        missing ? 'no value' : (level ?? (unit === undefined ? '' : `per ${unit}`)),
        limits ? `${shown(limits[0])} to ${shown(limits[1])}` : '',
        ...own.map(shown),
      ]),
    ],
  );
  printLine(
    'Linear predictor = intercept + coefficient times number (cut to what it is within) + coefficients of its levels.',
  );
  printLine(formula);
}
