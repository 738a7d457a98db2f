import * as z from 'zod';
import { throwIfAborted, withDeadline } from '../base/abort.js';
import { FedwardError } from '../base/errors.js';
import { sizeOf } from '../base/size.js';
import type { EvaluateResult, EvaluateTask, Metrics } from '../interfaces/messages.js';
import type { Transport } from '../interfaces/client.js';
import { failureOf } from './collect.js';
import type { SiteScores } from './federation.js';

/** How the sites are asked for scores. */
export interface ScoreOptions {
  readonly transport: Transport;
  /** Who is asked. */
  readonly ids: readonly string[];
  readonly taskFor: (clientId: string) => Promise<EvaluateTask>;
  /** Called with the task of each client that has answered. */
  readonly onScored?: (clientId: string, task: EvaluateTask) => void;
  readonly concurrency: number;
  /** For each site; Infinity: none. */
  readonly deadlineSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks sites to score the model on its own test part. Who fails is named. */
export async function siteScores(options: ScoreOptions): Promise<SiteScores> {
  const { transport, ids, taskFor, onScored, concurrency, deadlineSeconds, signal } = options;
  const perSite: SiteScores['perSite'][number][] = [];
  const failed: SiteScores['failed'][number][] = [];
  const waiting = ids.entries();
  const found = new Map<number, EvaluateResult | FedwardError>();
  const work = async (): Promise<void> => {
    for (const [index, id] of waiting)
      found.set(
        index,
        await withDeadline(deadlineSeconds, signal, async (waiting) => {
          const task = await taskFor(id);
          const result = await transport.client(id).evaluate(task, waiting);
          onScored?.(id, task);
          return result;
        })
          .then((result) => checked(id, result))
          .catch((error: unknown) => failureOf(id, error)),
      );
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, ids.length) }, work));
  throwIfAborted(signal);
  ids.forEach((id, index) => {
    const result = found.get(index)!;
    if (result instanceof Error) failed.push({ id, code: result.code, reason: result.message });
    else perSite.push({ id, records: result.weight, metrics: result.metrics });
  });
  return { metrics: meanOf(perSite), perSite, failed };
}

/** Members and characters, of scores and all that comes with them. */
const most = 16_384;
const resultSchema = z.object({
  clientId: z.string(),
  weight: z
    .number()
    .gt(0)
    .max(2 ** 32),
  metrics: z.object({}),
});

/** @throws {FedwardError} UPDATE_INVALID for what is no evaluation */
function checked(id: string, result: EvaluateResult): EvaluateResult {
  const refuse = (why: string): never => {
    throw new FedwardError('UPDATE_INVALID', `${id} sent scores that are none: ${why}`, id);
  };
  if (sizeOf(result, most) > most) refuse('they say more than any scores have to say');
  const fault = resultSchema.safeParse(result).error?.issues[0];
  if (fault) refuse(`${fault.path.join('.')}: ${fault.message}`);
  const { clientId, weight, metrics } = result;
  if (clientId !== id) refuse('they are from another client');
  const finite = Object.entries(metrics).filter(([name, score]) => name.isWellFormed() && Number.isFinite(score));
  return { clientId, weight, metrics: Object.fromEntries(finite) };
}

/** By records; a metric that some sites can't tell is the mean over those that can. */
function meanOf(perSite: SiteScores['perSite']): Metrics {
  const sums = new Map<string, { sum: number; records: number }>();
  for (const { records, metrics } of perSite)
    for (const [name, score] of Object.entries(metrics)) {
      const { sum, records: before } = sums.get(name) ?? { sum: 0, records: 0 };
      sums.set(name, { sum: sum + records * score, records: before + records });
    }
  return Object.fromEntries([...sums].map(([name, { sum, records }]) => [name, sum / records]));
}
