import { readAuditLog, MerkleTree } from '@fedward/audit';
import { FedwardError, hasCode, type AuditEvent, type Checkpoint, type JsonObject } from '@fedward/core';

/** What a run's log tells of how far it came. */
export interface History {
  /** Number of entries. */
  readonly entries: number;
  /** SHA-256 of plan.json as the run began with it, hexadecimal; undefined where not even that was logged. */
  readonly planFile: string | undefined;
  /** Digest of the final model's parameters; undefined before the last round was done. */
  readonly finalModel: string | undefined;
  /** Number of rounds after which the run ended; undefined before. */
  readonly finalRounds: number | undefined;
  readonly sealed: boolean;
  /** What the log says of the checks before the run; undefined where there were none, or not yet. */
  readonly check: JsonObject | undefined;
  /** Each start of a round, with the position of its entry. */
  readonly begun: readonly { readonly round: number; readonly index: number }[];
  /** Merkle root over so many entries. */
  rootOver(entries: number): string | undefined;
}

const told: ReadonlySet<AuditEvent['type']> = new Set(['run-planned', 'check', 'run-end', 'run-sealed']);

/**
 * Reads a log that is known to verify; where there is none, it has no entries.
 * @throws {FedwardError} AUDIT_TAMPERED where an entry is of another run, or of no run's log
 */
export async function readHistory(directory: string, runId: string): Promise<History> {
  const events: AuditEvent[] = [];
  const begun: { round: number; index: number }[] = [];
  const tree = new MerkleTree();
  const roots = [tree.root];
  try {
    for await (const entry of readAuditLog(directory)) {
      const { event, index } = entry;
      if (event.runId !== runId)
        throw new FedwardError(
          'AUDIT_TAMPERED',
          `the log in ${directory} is of run ${event.runId}, this is run ${runId}: bring its own log back, or start a new run`,
          directory,
        );
      tree.appendHash(entry.hash);
      roots.push(tree.root);
      if (event.type === 'round-start') begun.push({ round: event.round ?? 0, index });
      if (told.has(event.type)) events.push(event);
    }
  } catch (error) {
    if (!hasCode(error, 'FILE_NOT_FOUND')) throw error;
  }
  const detailOf = (type: AuditEvent['type'], name: string) =>
    events.find((event) => event.type === type)?.details[name];
  const textOf = (type: AuditEvent['type'], name: string): string | undefined => {
    const value = detailOf(type, name);
    return typeof value === 'string' ? value : undefined;
  };
  const finalRounds = detailOf('run-end', 'rounds');
  return {
    entries: tree.size,
    planFile: textOf('run-planned', 'planFile'),
    finalModel: textOf('run-end', 'modelSha256'),
    finalRounds: typeof finalRounds === 'number' ? finalRounds : undefined,
    check: events.find(({ type }) => type === 'check')?.details,
    sealed: events.some(({ type }) => type === 'run-sealed'),
    begun,
    rootOver: (entries) => roots[entries],
  };
}

/** How far the log was when a checkpoint was saved: no log but its own continuation goes with that checkpoint. */
export interface LogPosition {
  readonly entries: number;
  readonly root: string;
}

/**
 * Whether a checkpoint and a log are of one moment of one run. A checkpoint from before rounds that the log shows to have
 * been released would run them again, and forget what they cost. Where checkpoint and log were both put back to an earlier
 * moment nothing here can tell: for that a root must have been kept elsewhere.
 *
 * @param repeatable whether a round that is run again gives the same, and is charged once: its checkpoint may then be on
 *   its way to the disk while the next round runs
 * @throws {FedwardError} CHECKPOINT_INVALID saying which of both is the older, or of another run
 */
export function assertOfOneMoment(
  history: History,
  checkpoint: Pick<Checkpoint, 'nextRound' | 'charged'> | undefined,
  position: LogPosition | undefined,
  { path, repeatable }: { readonly path: string; readonly repeatable: boolean },
): void {
  const refuse = (why: string): never => {
    throw new FedwardError('CHECKPOINT_INVALID', `--resume: ${why}: bring it back, or start a new run`, path);
  };
  const { nextRound, charged = false } = checkpoint ?? { nextRound: 0 };
  if (checkpoint && !position) refuse(`the checkpoint in ${path} does not say to which log it belongs`);
  const { entries, root } = position ?? { entries: 0, root: history.rootOver(0)! };
  if (history.entries < entries)
    refuse(
      history.entries === 0
        ? `${path} holds a checkpoint, but the run's log is not beside it`
        : `the log ends before its entry ${entries}, at which the checkpoint in ${path} was saved`,
    );
  if (history.rootOver(entries) !== root)
    refuse(`the log is another than that beside which the checkpoint in ${path} was saved`);
  const since = history.begun.filter(({ index }) => index >= entries).map(({ round }) => round);
  const allowed = repeatable ? [nextRound, nextRound + 1] : charged ? [nextRound] : [];
  const uncovered = since.find((round, n) => !allowed.includes(round) || (!repeatable && n > 0));
  if (uncovered !== undefined)
    refuse(
      `the log shows that round ${uncovered} was begun, but ${path} holds ` +
        (checkpoint ? 'an older checkpoint of this run' : 'no checkpoint of this run'),
    );
}
