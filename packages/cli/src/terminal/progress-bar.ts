import { SingleBar } from 'cli-progress';
import { visible } from '@fedward/sim-healthcare/visible';
import { note } from './output.js';
import { describeRound, type ProgressFactory } from './describe-round.js';

export const progressBar: ProgressFactory = (rounds, firstRound) => {
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
    round: (report) => single.update(report.round + 1, { text: visible(describeRound(report)) }),
    say: (text) => {
      stop();
      note(text);
    },
    stop,
  };
};
