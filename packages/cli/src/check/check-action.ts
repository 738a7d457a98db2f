import {
  checkStudy,
  declarationsSchema,
  declarationsTemplate,
  type CheckReport,
  type Declarations,
} from '@fedward/compliance';
import { parseWith } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { checkFacts } from '@fedward/sim-healthcare';
import type { ExitCode } from '../exit-code.js';
import { namingOption } from '../options/naming-option.js';
import { optionsOf, type Flags } from '../simulate/simulate-options.js';
import { note, printJson, printLines } from '../terminal/output.js';
import { printCheck } from './print-check.js';

/** `fedward check` as commander has parsed it. */
export interface CheckFlags extends Flags {
  readonly declarations?: string;
  readonly template?: boolean;
}

/**
 * Checks a study and prints what came of it, rule by rule; with `--json` as a document.
 * @returns 1 where a rule fails
 */
export async function checkAction({ declarations: file, template, out, ...flags }: CheckFlags): Promise<ExitCode> {
  if (template) {
    printLines(declarationsTemplate.trimEnd());
    return 0;
  }
  const report = await reportOf(flags, file === undefined ? undefined : await readDeclarations(file));
  if (out !== undefined) {
    await writeFileAtomic(out, `${JSON.stringify(report, null, 2)}\n`);
    note(`report: ${out}`);
  }
  if (flags.json) printJson(report);
  else printCheck(report);
  return report.summary.fail > 0 ? 1 : 0;
}

async function reportOf(flags: Flags, declarations: Declarations | undefined): Promise<CheckReport> {
  const options = await optionsOf(flags);
  const facts = await checkFacts(options, declarations && { declarations }).catch((error: unknown) => {
    throw namingOption(error, [], flags.set);
  });
  return checkStudy(facts);
}

/** @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; CONFIG_INVALID naming the member */
async function readDeclarations(file: string): Promise<Declarations> {
  // With it comes the parser of YAML.
  const { readYaml } = await import('../simulate/read-config.js');
  return parseWith(declarationsSchema, await readYaml(file, '--declarations'), `--declarations: ${file}`);
}
