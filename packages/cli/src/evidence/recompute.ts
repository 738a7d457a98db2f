import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canonicalJson } from '@fedward/core';
import { packDocument, valueAt, type PackFacts, type StatedIn } from '@fedward/compliance';

/** What came of a statement. */
export interface Recomputed extends StatedIn {
  /**
   * `not run`: it needs data or training, and is for its reader to run. `elsewhere`: it is of the installation where the pack was
   * made, and this is another.
   */
  readonly outcome: 'found again' | 'differs' | 'not run' | 'elsewhere';
  /** What was found where it differs. */
  readonly found?: unknown;
}

/** Runs a command line of fedward, and gives what it printed on stdout, whatever its exit code. */
export type RunFedward = (args: readonly string[]) => Promise<string>;

/** Commands that read, and change nothing: a pack is not trusted, and what it names is run. */
const harmless: readonly (readonly string[])[] = [
  ['audit', 'verify'],
  ['privacy', 'epsilon'],
  ['privacy', 'ledger'],
];

/** This program itself, as a process of its own. */
export const ownProcess: RunFedward = async (args) => {
  const [node, script] = [process.execPath, process.argv[1]!];
  const done = await promisify(execFile)(node, [...process.execArgv, script, ...args], { maxBuffer: 2 ** 28 }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return done.stdout;
};

/**
 * Finds the statements of a pack again.
 * @param facts what the run says now
 * @param variables values of `$RUN` and others
 */
export async function recompute(
  statements: readonly StatedIn[],
  facts: PackFacts,
  variables: Readonly<Record<string, string>>,
  run: RunFedward,
): Promise<readonly Recomputed[]> {
  const printed = new Map<string, Promise<unknown>>();
  const printedBy = (command: string): Promise<unknown> => {
    const known = printed.get(command);
    if (known) return known;
    const now = outputOf(command, facts, variables, run);
    printed.set(command, now);
    return now;
  };
  const found: Recomputed[] = [];
  for (const statement of statements) {
    const output = await printedBy(statement.command);
    if (output === undefined) {
      found.push({ ...statement, outcome: 'not run' });
      continue;
    }
    const value = valueAt(output, statement.pointer);
    const same = value !== undefined && canonicalJson(value) === canonicalJson(statement.expect);
    found.push({
      ...statement,
      outcome: same ? 'found again' : isOfInstallation(statement) ? 'elsewhere' : 'differs',
      ...(!same && { found: value ?? null }),
    });
  }
  return found;
}

/** What of the part `software` is not of the run. */
function isOfInstallation({ document, pointer }: StatedIn): boolean {
  return document === 'software' && pointer !== '/facts/fedward' && pointer !== '/facts/node';
}

/** Undefined for a command that is not run here. */
async function outputOf(
  command: string,
  facts: PackFacts,
  variables: Readonly<Record<string, string>>,
  run: RunFedward,
): Promise<unknown> {
  const words = wordsOf(command, variables);
  if (words?.[0] !== 'fedward') return undefined;
  const [, group, action, , part] = words;
  if (group === 'evidence' && action === 'show') return packDocument(part ?? '', facts);
  if (!harmless.some(([first, second]) => first === group && second === action)) return undefined;
  try {
    return JSON.parse(await run(words.slice(1)));
  } catch {
    return null;
  }
}

/**
 * The words of a command line as a POSIX shell would part them, of what packs use: quotes, and variables that are known.
 * @returns undefined where a variable is not known, or it has anything else that a shell would act upon
 */
export function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] | undefined {
  const words: string[] = [];
  for (const piece of command.match(/(?:"[^"]*"|'[^']*'|\\'|[^\s"'])+/g) ?? []) {
    let word = '';
    for (const part of piece.match(/"[^"]*"|'[^']*'|\\'|[^"'\\]+|\\/g) ?? []) {
      if (part.startsWith("'")) word += part.slice(1, -1);
      else if (part === "\\'") word += "'";
      else {
        const plain = part.startsWith('"') ? part.slice(1, -1) : part;
        if (/[`\\;&|<>()]|\$[^A-Z]|\$$/.test(plain)) return undefined;
        let known = true;
        word += plain.replace(/\$([A-Z_]+)/g, (_, name: string) => {
          const value = variables[name];
          if (value === undefined) known = false;
          return value ?? '';
        });
        if (!known) return undefined;
      }
    }
    words.push(word);
  }
  return words;
}
