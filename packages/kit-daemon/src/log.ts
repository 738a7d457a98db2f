import { pino, destination as fileDestination, type DestinationStream, type Logger } from 'pino';
import { FedwardError, type Json } from '@fedward/core';
import { dirname } from 'node:path';
import { makeFolder } from '@fedward/kit-files';
import { safeFields, safeText } from './log-safe.js';
import { textLine } from './log-text.js';

/** From the most to the least that is said. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

/** What is told beside a message: names, numbers, an `error`. What may be secret or a patient's is left out: see `safeFields`. */
export type LogFields = Readonly<Record<string, Json | Error | undefined | unknown>>;

/** Where a program says what it does: for those who run it. What must be on record is in the audit log. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** One whose lines all have these fields, such as `{ part: 'courier' }`. */
  child(fields: LogFields): Log;
  /** What is said from now on. */
  setLevel(level: LogLevel): void;
  /** Opens the file anew, after it was renamed (logrotate). */
  reopen(): void;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Of `openLog`. */
export interface LogOptions {
  /** Default: `info`. */
  readonly level?: LogLevel;
  /** A JSON object a line, or a line for people. Default: `json`. */
  readonly format?: 'json' | 'text';
  /** A file's path (mode 0600, appended to), or where each line goes. Default: `stderr`. */
  readonly destination?: 'stdout' | 'stderr' | (string & {}) | { write(line: string): void };
}

/**
 * Opens a log. A line has `time` (RFC 3339, UTC), `level`, `message` and the fields. A log that can't be written is no
 * reason to stop: its lines are lost, and the program goes on.
 * @throws {FedwardError} STORAGE_FAILED where the folder of the file can't be made
 */
export async function openLog(options: LogOptions = {}): Promise<Log> {
  const { level = 'info', format = 'json', destination = 'stderr' } = options;
  const sink = await sinkOf(destination);
  const stream: DestinationStream =
    format === 'json' ? sink.stream : { write: (line) => sink.stream.write(textLine(line)) };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return logOf(logger, sink, new Set([logger]));
}

function logOf(logger: Logger, sink: Sink, all: Set<Logger>): Log {
  const say =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](safeFields(fields), safeText(message));
    };
  return {
    ...{ debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    child(fields) {
      const child = logger.child(safeFields(fields));
      all.add(child);
      return logOf(child, sink, all);
    },
    setLevel(level) {
      for (const each of all) each.level = level;
    },
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

interface Sink {
  readonly stream: DestinationStream;
  reopen(): void;
  close(): Promise<void>;
}

/** Lines are written at once: what a program said before it was killed is there. */
async function sinkOf(destination: NonNullable<LogOptions['destination']>): Promise<Sink> {
  if (typeof destination === 'object')
    return { stream: destination, reopen: () => undefined, close: () => Promise.resolve() };
  const standard = destination === 'stdout' ? 1 : destination === 'stderr' ? 2 : undefined;
  if (standard === undefined) await makeFolder(dirname(destination));
  const stream = open(standard ?? destination);
  stream.on('error', () => undefined);
  return {
    stream,
    reopen: () => (standard === undefined ? stream.reopen() : undefined),
    close: () =>
      new Promise((resolve) => {
        if (standard !== undefined) return resolve(); // others write there too
        stream.on('close', resolve);
        stream.end();
      }),
  };
}

function open(dest: string | number): ReturnType<typeof fileDestination> {
  try {
    return fileDestination({ dest, sync: true, append: true, ...(typeof dest === 'string' && { mode: 0o600 }) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('STORAGE_FAILED', `can't write the log ${dest}: ${reason}`, String(dest), { cause });
  }
}
