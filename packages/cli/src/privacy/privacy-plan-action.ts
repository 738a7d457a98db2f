import { defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import {
  disclosuresOf,
  proposeDpSgd,
  reasonsOf,
  warningsOf,
  type ProposedStudy,
  type Study,
} from '@fedward/privacy-dp/accounting';
import { roundedUp } from '@fedward/sim-healthcare/report';
import { namingOption } from '../options/naming-option.js';
import { printJson, printLine, printLines } from '../terminal/output.js';
import { accountantNamed } from './accountant-named.js';
import { assumption } from './privacy-steps.js';
import { printTable } from '../terminal/table.js';

export interface PrivacyPlanOptions extends Omit<Study, 'accountant'> {
  readonly accountant: string;
  readonly json?: boolean;
}

const adjacency = 'add-or-remove-one';
/** Its features are scaled as the proposed clip norm and learning rate take for granted. */
const model = 'logistic-scaled';

export async function privacyPlanAction({ accountant, json, ...study }: PrivacyPlanOptions): Promise<void> {
  const found = propose({ ...study, accountant: await accountantNamed(accountant) });
  const [reasons, warnings] = [reasonsOf(found), warningsOf(found)];
  const { units, unit, parameters, delta } = found.study;
  const assumes = assumption(
    { samplingProbability: found.proposal.samplingProbability },
    found.proposal.steps,
    unit === 'patient' ? 'patients' : 'records',
  );
  if (json)
    return printJson({
      ...{ epsilon: found.epsilon, delta, accountant, adjacency, unit, assumptions: [assumes] },
      ...{ proposal: found.proposal, reasons, model, parameters, units },
      ...(found.patientEpsilon !== undefined && {
        patientEpsilon: Number.isFinite(found.patientEpsilon) ? found.patientEpsilon : null,
      }),
      ...{
        signalToNoise: found.signal,
        public: disclosuresOf(found),
        warnings,
        command: command(found, accountant),
        yaml: yaml(found, accountant),
      },
    });

  printTable(
    ['Setting', 'Value', 'Why'],
    settings(found).map(([key, label, value]) => [label, value, wrapped(reasons[key])]),
  );
  printLine(`It spends epsilon ${roundedUp(found.epsilon)} at delta ${delta} of each hospital's data.`);
  printLine(`Unit: ${unit}; adjacency: ${adjacency}; accountant: ${accountant}. Assumes ${assumes}.`);
  printLine();
  for (const line of expectations(found)) printLine(line);
  for (const told of disclosuresOf(found)) printLine(`Public: ${told}.`);
  for (const warning of warnings) printLine(`WARNING: ${warning}.`);
  printLine();
  printLines(command(found, accountant));
  printLine();
  printLine('or, with --config plan.yaml and the same --model:');
  printLine();
  printLines(yaml(found, accountant));
  printLine();
  printLines(scales);
}

function propose(study: Study): ProposedStudy {
  try {
    return proposeDpSgd(study);
  } catch (error) {
    throw namingOption(error, ['--epsilon', '--delta', '--rounds']);
  }
}

function settings({ proposal }: ProposedStudy): [keyof ReturnType<typeof reasonsOf>, string, string][] {
  const { samplingProbability, expectedBatchSize, rounds, stepsPerRound } = proposal;
  return [
    ['samplingProbability', 'sampling probability', `${samplingProbability} (batch of ${expectedBatchSize})`],
    ['rounds', 'rounds', String(rounds)],
    ['stepsPerRound', 'steps a round', String(stepsPerRound)],
    ['clipNorm', 'clip norm', String(proposal.clipNorm)],
    ['noiseMultiplier', 'noise multiplier', roundedUp(proposal.noiseMultiplier)],
    ['learningRate', 'learning rate', String(proposal.learningRate)],
    ['optimizer', 'optimizer', proposal.optimizer],
  ];
}

function expectations({ signal, study: { parameters, hospitals } }: ProposedStudy): string[] {
  return [
    `What to expect, for a model of ${parameters} parameters:`,
    `  noise in a coordinate of a hospital's mean gradient, over the clip norm: ${signal.noisePerCoordinate.toPrecision(3)}`,
    `  signal to noise, at most, of a step at one hospital: ${signal.step.toPrecision(3)}`,
    `  and of all steps of ${hospitals === 1 ? 'it' : `all ${hospitals} hospitals`}: ${signal.run.toPrecision(3)} (6 is about enough)`,
  ];
}

/** Without which the command is refused: nothing else in it looks at the data before it is paid for. */
const scales = `DIR/schema.json has to say of each numeric column what is known of it without a look at these data:
"range": [LOWEST, HIGHEST] or "scale": { "center": USUAL, "spread": DISTANCE }.`;

/** The settings as options; the noise follows from --epsilon, by the same accountant. */
function command({ study, proposal }: ProposedStudy, accountant: string): string {
  const { samplingProbability, expectedBatchSize, rounds, stepsPerRound, clipNorm, optimizer, learningRate } = proposal;
  return [
    `fedward simulate --scenario csv --data DIR --model ${model} --privacy ${defaultPlugins.mechanism}`,
    `  --epsilon ${study.epsilon} --delta ${study.delta} --accountant ${accountant} --unit ${study.unit}`,
    `  --sampling-probability ${samplingProbability} --batch-size ${expectedBatchSize}`,
    `  --rounds ${rounds} --steps ${stepsPerRound} --clip-norm ${clipNorm}`,
    `  --optimizer ${optimizer} --learning-rate ${learningRate}`,
  ].join(' \\\n');
}

/** The settings as members of a training plan. The noise multiplier has all its digits: one less is over the budget. */
function yaml({ study, proposal }: ProposedStudy, accountant: string): string {
  const { samplingProbability, expectedBatchSize, rounds, stepsPerRound, clipNorm, noiseMultiplier } = proposal;
  return `rounds: ${rounds}
training:
  batches: { kind: poisson, probability: ${samplingProbability}, steps: ${stepsPerRound}, expectedSize: ${expectedBatchSize} }
  optimizer: { name: ${proposal.optimizer}, learningRate: ${proposal.learningRate} }
privacy:
  mechanisms: [{ name: ${defaultPlugins.mechanism}, options: { clipNorm: ${clipNorm}, noiseMultiplier: ${noiseMultiplier} } }]
  accountant: ${accountant}
  delta: ${study.delta}
  unit: ${study.unit}
  budget: { epsilon: ${study.epsilon} }`;
}

/** Lines of at most 64 characters. */
function wrapped(text: string): readonly string[] {
  return [...text.matchAll(/(.{1,64})(?: |$)/g)].map(([, line]) => line!);
}
