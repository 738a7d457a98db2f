import type { Parameters } from '@fedward/core';
import type { Table } from '../../benchmark.js';
import type { Figures } from '../published.js';
import type { FlambySet } from '../settings.js';
import { averageOf, spreadOf } from '../table.js';
import { sharedTrainer } from '../train.js';
import { chosenOf, crossValidate, trainCandidate, type Judged } from './cross-validate.js';
import { prepare, type PreparedSet } from './data.js';
import { choiceSettings } from './settings.js';

/** What the rule chose with one seed, and what that scores on test parts. */
export interface Choice {
  readonly seed: number;
  readonly chosen: Judged;
  readonly figures: Figures;
}

/**
 * Settings by the rule, then one training on the whole training parts, then the test parts, in this order.
 * @param split at random by this seed; default the published one
 */
export async function choose(name: FlambySet, dataDir: string, seed: number, split?: number): Promise<Choice> {
  const data = await prepare(name, dataDir, split);
  const chosen = chosenOf(await crossValidate(data, choiceSettings[name], choiceSettings, seed));
  const model = await trainCandidate(data, data.hospitals, chosen);
  return { seed, chosen, figures: await figuresOf(data, model) };
}

async function figuresOf({ model: spec, hospitals, score }: PreparedSet, model: Parameters): Promise<Figures> {
  const trainer = await sharedTrainer();
  const [first, ...others] = hospitals.map(({ test }) => test);
  const scored: number[] = [];
  for (const { test } of hospitals) scored.push(score(await trainer.predict(spec, model, test), test.labels));
  const all = first!.concat(...others);
  return { hospitals: scored, pooled: score(await trainer.predict(spec, model, all), all.labels) };
}

/** All seeds of a data set: the five, the fresh ones, and splits at random. */
export async function choiceTables(
  name: FlambySet,
  dataDir: string,
  { quick, progress }: { readonly quick: boolean; readonly progress: (line: string) => void },
): Promise<readonly Table[]> {
  const { seeds, freshSeeds } = choiceSettings;
  const { randomSplits } = choiceSettings[name];
  const some = (all: readonly number[]): readonly number[] => (quick ? all.slice(0, 1) : all);
  const runs = async (what: string, of: readonly number[], split: (seed: number) => number | undefined) => {
    const choices: Choice[] = [];
    for (const seed of some(of)) {
      choices.push(await choose(name, dataDir, seed, split(seed)));
      progress(`${name}: ${what}, seed ${seed}: ${textOf(choices.at(-1)!.chosen)}`);
    }
    return { what, choices };
  };
  const all = [
    await runs('published split', seeds, () => undefined),
    await runs('published split, fresh seeds', freshSeeds, () => undefined),
    ...(randomSplits > 0
      ? [
          await runs(
            'splits at random',
            Array.from({ length: randomSplits }, (_, i) => i),
            (seed) => seed,
          ),
        ]
      : []),
  ];
  const spread = (values: readonly number[]): string => {
    const { mean, deviation } = spreadOf(values);
    return `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  };
  return [
    {
      title: `${name}: settings chosen by cross-validation within training parts, on test parts`,
      columns: ['split', 'runs', 'average', 'pooled', 'hospitals'],
      rows: all.map(({ what, choices }) => {
        const figures = choices.map((choice) => choice.figures);
        const hospitals = figures[0]!.hospitals.map((_, k) => {
          const defined = figures.map((one) => one.hospitals[k]!).filter(Number.isFinite);
          return spreadOf(defined).mean.toFixed(3);
        });
        return [
          what,
          String(choices.length),
          spread(figures.map(averageOf)),
          spread(figures.map(({ pooled }) => pooled)),
          hospitals.join(' '),
        ];
      }),
    },
    {
      title: `${name}: what was chosen how often`,
      columns: ['settings', 'times', 'loss on held-out training records'],
      rows: counted(all.flatMap(({ choices }) => choices.map(({ chosen }) => chosen))),
    },
  ];
}

function textOf({ aggregator, learningRate, rounds }: Judged): string {
  const options = Object.values(aggregator.options).map(String).join(', ');
  return `${aggregator.name} (${options}), learning rate ${learningRate}, ${rounds} rounds`;
}

function counted(chosen: readonly Judged[]): string[][] {
  const times = new Map<string, number[]>();
  for (const one of chosen) times.set(textOf(one), [...(times.get(textOf(one)) ?? []), one.loss]);
  return [...times]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([text, losses]) => [text, String(losses.length), spreadOf(losses).mean.toFixed(4)]);
}
