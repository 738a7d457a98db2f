import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { FedwardError } from '@fedward/core';
import type { FedwardCommand } from './command.js';

/** Lines of its log that are told of a process that failed. */
const lastLines = 12;

/** A daemon of `fedward` as a process of its own, whose output goes to a file. */
export class LocalDaemon {
  #child: ChildProcess | undefined;
  /** When this start of it has ended. */
  #gone: Promise<void> = Promise.resolve();
  #starts = 0;
  #wanted = false;

  /**
   * @param name for people, such as `the coordinator`
   * @param args of the command that runs in the foreground
   * @param log the file that all its starts write to
   */
  constructor(
    readonly name: string,
    private readonly fedward: FedwardCommand,
    private readonly args: readonly string[],
    readonly log: string,
  ) {}

  /** How often it was started after the first time. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child!.pid : undefined;
  }

  /**
   * Starts it, where it does not run.
   * @param environment beside the command's own, of this start alone
   */
  start(environment: Readonly<Record<string, string>> = {}): void {
    if (this.isRunning) return;
    this.#wanted = true;
    const [program, ...first] = this.fedward.command;
    const log = openSync(this.log, 'a', 0o600);
    try {
      this.#child = spawn(program!, [...first, ...this.args], {
        stdio: ['ignore', log, log],
        env: { ...process.env, ...this.fedward.environment, ...environment },
      });
      const child = this.#child;
      this.#gone = new Promise((resolve) => child.once('exit', () => resolve()));
      // What can't be started ends without having begun: `assertRunning` tells it.
      this.#child.on('error', () => undefined);
      this.#starts += 1;
    } finally {
      closeSync(log);
    }
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and after so many seconds SIGKILL. */
  async stop(seconds = 10): Promise<void> {
    await this.#end('SIGTERM', seconds);
  }

  /** Waits until it has ended by itself or by another's hand. */
  async ended(): Promise<void> {
    if (this.isRunning) await this.#gone;
  }

  /** @throws {FedwardError} CLIENT_FAILED where it has ended unasked, with its last words */
  assertRunning(): void {
    if (this.isRunning || !this.#wanted) return;
    const how = this.#child?.signalCode ?? `exit code ${this.#child?.exitCode ?? 'of a program that does not start'}`;
    throw new FedwardError(
      'CLIENT_FAILED',
      `${this.name} has ended (${how}), and said last: ${this.lastWords(1)[0] ?? 'nothing'} (all of it: ${this.log})`,
      this.name,
    );
  }

  /** The end of its log. */
  lastWords(lines = lastLines): readonly string[] {
    try {
      return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines);
    } catch {
      return [];
    }
  }

  async #end(signal: NodeJS.Signals, patience?: number): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const gone = this.ended();
    child.kill(signal);
    if (patience !== undefined) {
      const timer = new AbortController();
      const late = pause(patience * 1000, 'late', { signal: timer.signal, ref: false }).catch(() => 'in time');
      const first = await Promise.race([gone, late]);
      timer.abort();
      if (first === 'late') child.kill('SIGKILL');
    }
    await gone;
  }
}
