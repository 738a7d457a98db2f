import { epsilonLowerBound, type EpsilonLowerBound } from '@fedward/privacy-dp/canaries';
import { runCanaries, type CanaryRunOptions, type CanaryFindings } from '@fedward/sim-healthcare/canaries';
import { roundedUp } from '@fedward/sim-healthcare/report';
import { note, printJson, printLine } from '../terminal/output.js';
import type { Progress } from '../terminal/describe-round.js';
import { progressFactory } from '../terminal/progress.js';

/** `fedward privacy audit` as commander has parsed it. */
export interface AuditFlags extends Omit<CanaryRunOptions, 'config' | 'dataDir'> {
  readonly data?: string;
  readonly json?: boolean;
}

/** @returns the exit code: 1 where the lower bound contradicts the accountant */
export async function privacyAuditAction({ data, json, ...options }: AuditFlags): Promise<0 | 1> {
  const createProgress = await progressFactory();
  let progress: Progress | undefined;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const found = await runCanaries(
      { ...options, ...(data !== undefined && { dataDir: data }) },
      {
        signal: stop.signal,
        onStart: ({ name, rounds }) => {
          note(`${name}: ${rounds} rounds with ${options.canaries} canaries`);
          progress = createProgress(rounds, 0);
        },
        onRound: (report) => progress?.round(report),
      },
    );
    progress?.stop();
    if (json) printJson(found);
    else conclude(found);
    return found.contradiction ? 1 : 0;
  } finally {
    progress?.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function conclude({ mechanism, claims, accounted, gaussian, empirical, ...found }: CanaryFindings): void {
  const { epsilon, delta, unit, adjacency, accountant, assumptions } = accounted;
  const { canaries, guesses, correct, confidence } = empirical;
  printLine(`mechanism        ${mechanism}`);
  for (const claim of claims) printLine(`claimed          epsilon ${roundedUp(claim.epsilon)} at delta ${claim.delta}`);
  printLine(`accounted        epsilon ${roundedUp(epsilon)} at delta ${delta}, an upper bound by ${accountant}`);
  printLine(`unit, adjacency  ${unit}, ${adjacency}`);
  for (const assumption of assumptions) printLine(`assumes          ${assumption}`);
  printLine(
    `seen             epsilon ${roundedDown(empirical.epsilon)} at delta ${delta}, a lower bound with confidence ` +
      `${confidence}, same unit and adjacency, whatever the mechanism`,
  );
  printLine(
    `                 epsilon ${roundedDown(empirical.gaussian.epsilon)} (mu ${roundedDown(empirical.gaussian.mu)}) if it is as ` +
      `private as a Gaussian release: ${gaussian === null ? 'steps on samples are not quite' : 'this mechanism is'}`,
  );
  printLine(`                 ${canaries} canaries, ${guesses} guessed, ${correct} of them right`);
  printLine(`                 ${canaries} canaries can show an epsilon of ${roundedDown(mostOf(empirical))} at most`);
  printLine();
  for (const line of meaning({ mechanism, claims, accounted, gaussian, empirical, ...found })) printLine(line);
}

/** What the two bounds mean, in words. */
export function meaning({
  claims,
  accounted,
  gaussian,
  empirical,
  contradiction,
  simulationOnly,
}: CanaryFindings): string[] {
  const { epsilon, confidence } = empirical;
  const seen = roundedDown(epsilon);
  const broken = claims
    .filter((claim) => claim.seen > claim.epsilon)
    .map(
      (claim) =>
        `The claim of epsilon ${roundedUp(claim.epsilon)} is false: training tells more of single records than it ` +
        `allows (confidence ${confidence}).`,
    );
  // Of what is Gaussian to the last digit the audit sees more, against the exact price.
  const asGaussian = gaussian !== null && empirical.gaussian.epsilon > gaussian;
  const [atLeast, atMost] = asGaussian
    ? [roundedDown(empirical.gaussian.epsilon), gaussian]
    : [seen, accounted.epsilon];
  const verdict = contradiction
    ? `CONTRADICTION: epsilon is at least ${atLeast}, the accountant says at most ${roundedUp(atMost)}. The ` +
      `mechanism, the accountant or the program is wrong, unless this is one of the ${percentWrong(confidence)} of ` +
      'audits that are.'
    : accounted.epsilon === null
      ? `The accountant proves no bound; whoever sees the updates learns at least what epsilon ${seen} allows.`
      : `No contradiction: the accountant says that epsilon is at most ${roundedUp(accounted.epsilon)}, this attack saw at ` +
        `least ${seen}. Another may see more; that none sees more than the accountant says, no attack can show.`;
  const seeded = simulationOnly ? ['SIMULATION ONLY: noise, batches and coins came from a seed.'] : [];
  return [...broken, verdict, ...seeded];
}

/** A lower bound stays one. */
function roundedDown(epsilon: number): string {
  return (Math.floor(epsilon * 1000) / 1000).toFixed(3);
}

/** The bound if all were guessed rightly. */
function mostOf({ canaries, delta, confidence }: EpsilonLowerBound): number {
  const all = { canaries, guesses: canaries, correct: canaries };
  return epsilonLowerBound(all, delta, 1 - (1 - confidence) / 2); // half of the error is for guessing all
}

function percentWrong(confidence: number): string {
  return `${Number((100 * (1 - confidence)).toPrecision(3))}%`;
}
