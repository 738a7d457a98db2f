import type { Proposal, ProposedStudy } from './propose.js';

/** Why each setting is what it is, in words. */
export function reasonsOf({ study, proposal }: ProposedStudy): Readonly<Record<ReasonedSetting, string>> {
  const { samplingProbability, steps, expectedBatchSize } = proposal;
  const unit = study.unit;
  const all = samplingProbability === 1;
  return {
    samplingProbability: all
      ? `each ${unit} is in each step: for the same epsilon a large batch has the least noise beside its signal ` +
        '(De et al. 2022; Ponomareva et al. 2023, section 5.4), and without sampling the price is exact'
      : `${expectedBatchSize} of ${study.units} in a step, on average: a large batch has the least noise beside its ` +
        'signal (De et al. 2022; Ponomareva et al. 2023, section 5.4); a larger one only takes longer',
    rounds:
      study.rounds === undefined
        ? `few: at the same budget the noise of all steps together hardly depends on their number (Sander et al. 2023)`
        : 'as asked; the noise of a step follows',
    stepsPerRound: "one, so that the hospitals' noise is averaged before the next step",
    clipNorm:
      'what features of norm near 2 ask for (model logistic-scaled scales them by 2 / sqrt(features), a public ' +
      'constant); fix it and tune the learning rate (De et al. 2022)',
    noiseMultiplier: `the least with which ${steps} steps stay within epsilon ${study.epsilon} at delta ${study.delta}`,
    learningRate:
      'all steps together go at most 20 clip norms, and no further than where their noise moves the model by 2 clip norms',
    optimizer: 'plain: adaptive optimizers divide by the size of gradients, which here is that of the noise',
  };
}

/**
 * What of a study's numbers the proposal tells to everybody, in words: a plan is public. The price does not hang on how many
 * patients there truly are, so that a number which is public anyway serves as well.
 */
export function disclosuresOf({ study, proposal }: ProposedStudy): readonly string[] {
  const { samplingProbability, expectedBatchSize } = proposal;
  const told =
    samplingProbability === 1
      ? `the batch size ${expectedBatchSize} tells`
      : `the sampling probability ${samplingProbability} tells`;
  return [
    `${told} the number that was given for ${study.unit === 'patient' ? 'patients' : 'records'} (${study.units}) to ` +
      'everybody who reads the plan. Give a nominal one that is public, such as that of an annual report, rounded: not a ' +
      'count of the data. The epsilon holds whatever the true number is; where it is another, only the step is longer or ' +
      'shorter',
  ];
}

type ReasonedSetting = Exclude<keyof Proposal, 'steps' | 'expectedBatchSize'>;
