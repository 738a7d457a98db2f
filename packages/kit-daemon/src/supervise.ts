import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FedwardError } from '@fedward/core';
import { hasErrno } from '@fedward/kit-files';
import { Backoff, type BackoffOptions } from './backoff.js';
import { endLeftOver, recordProcess } from './left-over.js';

/** Of `superviseProcess`. */
export interface SuperviseOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** All that it gets. Default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /**
   * Where to record the process, so that one that a killed daemon has left behind is ended before another is started. What
   * is recorded is told from a later process by its start (Linux; elsewhere it is left alone).
   */
  readonly pidFile?: string;
  /** Told of each line that it writes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Told of each end that nobody asked for. */
  readonly onExit?: (exit: ProcessExit) => void;
  readonly backoff?: BackoffOptions;
  /** How long it may take to end when it is told to, in seconds. Default: 10. */
  readonly graceSeconds?: number;
}

/** How a process that is kept running came to an end. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Seconds until it is started again. */
  readonly againInSeconds: number;
}

/** A process that is kept running. */
export interface SupervisedProcess {
  /** Absent while it does not run. */
  readonly pid: number | undefined;
  /** How often it was started again. */
  readonly restarts: number;
  /** Sends it a signal, such as SIGHUP. @returns whether it runs */
  signal(signal: NodeJS.Signals): boolean;
  /** Has the one that runs end, by SIGTERM and, where it does not heed that, SIGKILL; it is then started again as ever. */
  restart(): void;
  /** SIGTERM, and SIGKILL where that is not enough; resolves once it is gone, and is not started again. */
  stop(): Promise<void>;
}

/**
 * Starts a process and keeps it running: it is started again whenever it ends, each time after a longer wait until it has
 * been well for a while.
 * @throws {FedwardError} CONFIG_INVALID where it can't be started at all
 */
export async function superviseProcess(options: SuperviseOptions): Promise<SupervisedProcess> {
  const { pidFile, graceSeconds = 10 } = options;
  if (pidFile !== undefined) await endLeftOver(pidFile, graceSeconds);
  const supervised = new Supervised(options);
  await supervised.start();
  return supervised;
}

class Supervised implements SupervisedProcess {
  readonly #backoff: Backoff;
  #child: ChildProcess | undefined;
  /** While one is being started. */
  #starting: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #stopping = false;
  restarts = 0;

  constructor(private readonly options: SuperviseOptions) {
    this.#backoff = new Backoff(options.backoff);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): Promise<void> {
    return (this.#starting = this.#startNow());
  }

  async #startNow(): Promise<void> {
    const { command, args = [], env = process.env, cwd, onLine, pidFile } = this.options;
    const child = spawn(command, args, {
      ...{ env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
      ...(cwd !== undefined && { cwd }),
    });
    const began = performance.now();
    try {
      await once(child, 'spawn');
    } catch (cause) {
      const why = hasErrno(cause, 'ENOENT') ? 'it is not there: install it, or put it on PATH' : String(cause);
      throw new FedwardError('CONFIG_INVALID', `can't start ${command}: ${why}`, command, { cause });
    }
    this.#child = child;
    child.on('error', () => undefined); // a signal that could not be sent
    for (const stream of ['stdout', 'stderr'] as const)
      createInterface({ input: child[stream]! }).on('line', (line) => onLine?.(line, stream));
    child.on('exit', (code, signal) => this.#ended(code, signal, (performance.now() - began) / 1000));
    // On a full disk it runs all the same: it is then not ended for a daemon that was killed.
    if (pidFile !== undefined) await recordProcess(pidFile, child.pid!).catch(() => undefined);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, lastedSeconds: number): void {
    this.#child = undefined;
    if (this.#stopping) return;
    this.#startLater({ code, signal, againInSeconds: this.#backoff.next(lastedSeconds) });
  }

  #startLater(exit: ProcessExit): void {
    this.options.onExit?.(exit);
    this.#again = setTimeout(() => {
      this.restarts++;
      // What could be started once may be gone for a while, as in an update of the system.
      this.start().catch(() => {
        if (!this.#stopping) this.#startLater({ code: null, signal: null, againInSeconds: this.#backoff.next(0) });
      });
    }, exit.againInSeconds * 1000);
  }

  signal(signal: NodeJS.Signals): boolean {
    return this.#child?.kill(signal) ?? false;
  }

  restart(): void {
    if (this.#child) void this.#end(this.#child);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#again);
    await this.#starting?.catch(() => undefined);
    if (this.#child) await this.#end(this.#child);
  }

  async #end(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const lastResort = setTimeout(() => child.kill('SIGKILL'), (this.options.graceSeconds ?? 10) * 1000);
    await gone;
    clearTimeout(lastResort);
  }
}
