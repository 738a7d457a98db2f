/**
 * Every error that fedward throws on purpose. The family says whose move it is:
 * `configuration`: the caller gave something that can't work, nothing has been done (exit code 2 of the command);
 * `run`: something failed under way, what was done so far is kept and can be resumed (exit code 1).
 */
const families = {
  ARGUMENT_INVALID: 'configuration',
  CONFIG_INVALID: 'configuration',
  CONFIG_INCOMPATIBLE: 'configuration',
  PLUGIN_UNKNOWN: 'configuration',
  PLAN_NOT_APPROVED: 'configuration',
  POLICY_REFUSED: 'configuration',
  EVENT_UNSUPPORTED: 'configuration',
  FILE_NOT_FOUND: 'configuration',
  FILE_INVALID: 'configuration',
  DIGEST_MISMATCH: 'configuration',
  DATA_MALFORMED: 'configuration',
  DATA_EMPTY: 'configuration',
  DATA_NOT_FINITE: 'configuration',
  LABEL_INVALID: 'configuration',
  CALIBRATION_IMPOSSIBLE: 'configuration',
  UPDATE_NOT_FINITE: 'run',
  UPDATE_INVALID: 'run',
  QUORUM_NOT_MET: 'run',
  BUDGET_EXCEEDED: 'run',
  DEADLINE_PASSED: 'run',
  ABORTED: 'run',
  CLIENT_UNKNOWN: 'run',
  CLIENT_ABSENT: 'run',
  CLIENT_FAILED: 'run',
  TASK_INVALID: 'run',
  MESSAGE_INVALID: 'run',
  STORAGE_FAILED: 'run',
  AUDIT_FAILED: 'run',
  AUDIT_TAMPERED: 'run',
  SIGNATURE_INVALID: 'run',
  KEY_EXPOSED: 'configuration',
  LEDGER_DAMAGED: 'run',
  CHECKPOINT_INVALID: 'run',
} as const;

/** The codes that this version knows. New ones may be added; none changes its meaning. */
export type KnownErrorCode = keyof typeof families;
/** A stable code; plugins and newer versions have others. */
export type ErrorCode = KnownErrorCode | (string & {});
/** Whose move it is. */
export type ErrorFamily = 'configuration' | 'run';

/** Of a `FedwardError`, beside what every error has. */
export interface FedwardErrorOptions extends ErrorOptions {
  /** For a code that is not known here. Default: `run`. */
  readonly family?: ErrorFamily;
}

/** Every error that fedward throws on purpose. */
export class FedwardError extends Error {
  override readonly name = 'FedwardError';
  readonly family: ErrorFamily;

  /**
   * @param code stable; compare by it, not by class (two copies of core may be loaded)
   * @param message what was wrong and what to do
   * @param subject the key, file, client or tensor at fault, for programs
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly subject?: string,
    options: FedwardErrorOptions = {},
  ) {
    const { family = 'run', ...rest } = options;
    super(message, rest);
    this.family = Object.hasOwn(families, code) ? families[code as KnownErrorCode] : family;
  }
}

/** An error for parts that don't fit each other. @param subject the key of the plan, or the plugin */
export function incompatible(message: string, subject = 'privacy.mechanisms'): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}

/** The words of whatever was thrown, in well-formed Unicode. It may be anything, and may not want to be read. */
export function wordsOf(error: unknown): string {
  try {
    const words: unknown = error instanceof Error ? error.message : error;
    return String(words).toWellFormed();
  } catch {
    return 'an error without words';
  }
}

/** Words as a log takes them. */
export function cut(words: string): string {
  return words.slice(0, 1000).toWellFormed();
}

/** True for an error with this code, from whichever copy of core it comes. */
export function hasCode(error: unknown, code: ErrorCode): error is FedwardError {
  return codeOf(error).code === code;
}

/** True for any FedwardError, from whichever copy of core it comes and whatever its code. */
export function isFedwardError(error: unknown): error is FedwardError {
  const { name, code } = codeOf(error);
  return name === 'FedwardError' && typeof code === 'string' && codePattern.test(code);
}

/** Of an error that was thrown here, by whatever plugin: a code that nobody knows may be a word of its own. */
export function isKnownCode(code: string): code is KnownErrorCode {
  return Object.hasOwn(families, code);
}

/** How codes are written. */
const codePattern = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Nothing, of what is no error or does not let itself be read: it may come from anyone. */
function codeOf(error: unknown): { readonly name?: unknown; readonly code?: unknown } {
  try {
    if (!(error instanceof Error)) return {};
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    return { name, code };
  } catch {
    return {};
  }
}
