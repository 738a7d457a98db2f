import type { RoundReport } from '@fedward/core';
import { lacksText, roundedUp, secondsWritten, shownOf } from '@fedward/sim-healthcare/report';

/** How the rounds of a run are told as they end. */
export interface Progress {
  round(report: RoundReport): void;
  /** What happens after the rounds. */
  say(text: string): void;
  stop(): void;
}

/** @param firstRound above 0 where a run is gone on with */
export type ProgressFactory = (rounds: number, firstRound: number) => Progress;

/** The loss is that of the global model on the test part: training losses are withheld under privacy. */
export function describeRound(report: RoundReport): string {
  const { metrics, epsilon, trainLoss, failure, round, stale, simulatedSeconds } = report;
  const lacks = lacksText(report);
  const loss = trainLoss ?? metrics['loss'];
  const name = trainLoss === null ? 'test loss' : 'loss';
  return [
    ...(failure ? ['skipped'] : []),
    ...(loss === undefined ? [] : [`${name} ${loss.toFixed(4)}`]),
    ...shownOf(metrics)
      .slice(0, 1)
      .map(({ key, label, write }) => `${label} ${write(metrics[key]!)}`),
    ...(epsilon === null ? [] : [`epsilon ${roundedUp(epsilon)}`]),
    ...(simulatedSeconds === undefined ? [] : [`at ${secondsWritten(simulatedSeconds)} simulated seconds`]),
    ...(stale.length > 0
      ? [`late: ${stale.map(({ id, baseRound }) => `${id} by ${round - baseRound}`).join(', ')}`]
      : []),
    ...(lacks === undefined ? [] : [lacks]),
  ].join('  ');
}
