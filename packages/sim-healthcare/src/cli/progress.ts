import { SingleBar } from 'cli-progress';
import type { RoundReport } from '@fedward/core';
import { epsilonText, note, percent } from './output.js';

export interface Progress {
  round(report: RoundReport): void;
  /** What happens after the rounds. */
  say(text: string): void;
  stop(): void;
}

/** At most so many plain lines, however many rounds. */
const plainLines = 30;

/** A bar on a terminal, plain lines otherwise; on stderr. */
export function createProgress(rounds: number, firstRound: number): Progress {
  return process.stderr.isTTY ? bar(rounds, firstRound) : lines(rounds);
}

function bar(rounds: number, firstRound: number): Progress {
  const single = new SingleBar({
    format: '{bar} round {value}/{total}  {text}  {eta_formatted} left',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    stream: process.stderr,
  });
  single.start(rounds, firstRound, { text: '' });
  let running = true;
  const stop = (): void => {
    if (running) single.stop();
    running = false;
  };
  return {
    round: (report) => single.update(report.round + 1, { text: describe(report) }),
    say: (text) => {
      stop();
      note(text);
    },
    stop,
  };
}

function lines(rounds: number): Progress {
  const every = Math.ceil(rounds / plainLines);
  return {
    round: (report) => {
      const done = report.round + 1;
      if (done % every === 0 || done === rounds || report.dropped.length > 0)
        note(`round ${done}/${rounds}  ${describe(report)}`);
    },
    say: note,
    stop: () => undefined,
  };
}

/** The loss is that of the global model on the test part: training losses are withheld under privacy. */
function describe({ metrics, epsilon, trainLoss, dropped }: RoundReport): string {
  const loss = trainLoss ?? metrics['loss'];
  const name = trainLoss === null ? 'test loss' : 'loss';
  return [
    ...(loss === undefined ? [] : [`${name} ${loss.toFixed(4)}`]),
    `accuracy ${percent(metrics['accuracy'])}`,
    ...(epsilon === null ? [] : [`epsilon ${epsilonText(epsilon)}`]),
    ...(dropped.length > 0 ? [`dropped: ${dropped.map(({ id }) => id).join(', ')}`] : []),
  ].join('  ');
}
