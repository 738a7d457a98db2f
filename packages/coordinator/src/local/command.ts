import { spawn } from 'node:child_process';
import { FedwardError, type Json } from '@fedward/core';

/** How `fedward` is started here: program first. */
export interface FedwardCommand {
  readonly command: readonly string[];
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/** What this process was started by: in sources, built, or installed. */
export function ownCommand(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1]!];
}

/**
 * Runs one command of `fedward` to its end, as a person would.
 * @param args without `--json`
 * @returns the document that it prints; null where it prints none
 * @throws {FedwardError} with the command's own code, naming the command and what it said; ABORTED
 */
export async function askCommand(
  { command: [program, ...first], environment, signal }: FedwardCommand,
  args: readonly string[],
): Promise<Json> {
  const child = spawn(program!, [...first, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    ...(signal && { signal, killSignal: 'SIGTERM' as const }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  const name = `fedward ${args.filter((arg) => !arg.startsWith('-')).slice(0, 2).join(' ')}`; // prettier-ignore
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => {
      if (!signal?.aborted) reject(new FedwardError('CLIENT_FAILED', `${name}: ${cause.message}`, name, { cause }));
    });
    child.on('close', resolve);
  });
  if (signal?.aborted) throw new FedwardError('ABORTED', `${name} was stopped`, name);
  const said = documentIn(stdout);
  if (code === 0) return said ?? null;
  const { error } = (said ?? {}) as { readonly error?: { readonly code?: string; readonly message?: string } };
  const words = error?.message ?? (stderr.trim() || `it ended with exit code ${code}`);
  throw new FedwardError(error?.code ?? 'CLIENT_FAILED', `${name}: ${words}`, name);
}

function documentIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
