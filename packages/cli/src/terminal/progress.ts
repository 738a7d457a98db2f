import type { RoundReport } from '@fedward/core';
import { roundedUp, shownOf } from '@fedward/sim-healthcare/report';
import { note } from './output.js';

export interface Progress {
  round(report: RoundReport): void;
  /** What happens after the rounds. */
  say(text: string): void;
  stop(): void;
}

/** @param firstRound above 0 where a run is gone on with */
export type ProgressFactory = (rounds: number, firstRound: number) => Progress;

/** A bar on a terminal, plain lines otherwise; on stderr. The bar's library is loaded for a terminal only. */
export async function progressFactory(): Promise<ProgressFactory> {
  return process.stderr.isTTY ? (await import('./progress-bar.js')).progressBar : progressLines;
}

/** At most so many plain lines, however many rounds. */
const plainLines = 30;

const progressLines: ProgressFactory = (rounds) => {
  const every = Math.ceil(rounds / plainLines);
  return {
    round: (report) => {
      const done = report.round + 1;
      if (done % every === 0 || done === rounds || report.dropped.length > 0)
        note(`round ${done}/${rounds}  ${describeRound(report)}`);
    },
    say: note,
    stop: () => undefined,
  };
};

/** The loss is that of the global model on the test part: training losses are withheld under privacy. */
export function describeRound({ metrics, epsilon, trainLoss, dropped }: RoundReport): string {
  const loss = trainLoss ?? metrics['loss'];
  const name = trainLoss === null ? 'test loss' : 'loss';
  return [
    ...(loss === undefined ? [] : [`${name} ${loss.toFixed(4)}`]),
    ...shownOf(metrics)
      .slice(0, 1)
      .map(({ key, label, write }) => `${label} ${write(metrics[key]!)}`),
    ...(epsilon === null ? [] : [`epsilon ${roundedUp(epsilon)}`]),
    ...(dropped.length > 0 ? [`dropped: ${dropped.map(({ id }) => id).join(', ')}`] : []),
  ].join('  ');
}
