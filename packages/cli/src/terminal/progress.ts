import { describeRound, type ProgressFactory } from './describe-round.js';
import { note } from './output.js';

/** A bar on a terminal, plain lines otherwise; on stderr. The bar's library is loaded for a terminal only. */
export async function progressFactory(): Promise<ProgressFactory> {
  return process.stderr.isTTY ? (await import('./progress-bar.js')).progressBar : progressLines;
}

/** At most so many plain lines, however many rounds, and one for each in which a hospital failed. */
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
