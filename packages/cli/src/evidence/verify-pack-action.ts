import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPack, statementsIn, verifyPack, writePack, type PackVerification } from '@fedward/compliance';
import { readVerifierKeys } from '@fedward/kit-keys';
import { printJson, printLine } from '../terminal/output.js';
import { factsOf } from './evidence-action.js';
import { ownProcess, recompute, type Recomputed, type RunFedward } from './recompute.js';

/** `fedward evidence verify` as commander has parsed it. */
export interface VerifyPackFlags {
  readonly keys?: string;
  readonly run?: string;
  readonly ledger?: string;
  readonly declarations?: string;
  readonly json?: boolean;
}

/** What was found of a pack. */
export interface VerifiedPack extends PackVerification {
  /** Of those in the pack, with `--run`; empty without. */
  readonly statements: readonly Recomputed[];
}

/** Looks at a pack's files and signature, and with `--run` at its statements. */
export async function verifiedPack(
  path: string,
  flags: VerifyPackFlags,
  run: RunFedward = ownProcess,
): Promise<VerifiedPack> {
  const files = await readPack(path);
  const keys = flags.keys === undefined ? [] : await readVerifierKeys(flags.keys);
  const found = verifyPack(files, keys);
  const statements = flags.run === undefined ? [] : await statementsOf(files, flags, run);
  return { ...found, ok: found.ok && statements.every(({ outcome }) => outcome !== 'differs'), statements };
}

/** @returns the exit code: 1 where a file, a signature or a statement does not hold */
export async function verifyPackAction(path: string, flags: VerifyPackFlags): Promise<0 | 1> {
  const { ok, faults, statements, ...verified } = await verifiedPack(path, flags);
  const differing = statements.filter(({ outcome }) => outcome === 'differs');
  const byHand = statements.filter(({ outcome }) => outcome === 'not run');
  const elsewhere = statements.filter(({ outcome }) => outcome === 'elsewhere');
  if (flags.json) {
    const counts = { statements: statements.length, differing, elsewhere, byHand };
    printJson({ ok, pack: resolve(path), ...verified, faults, ...(flags.run !== undefined && counts) });
    return ok ? 0 : 1;
  }
  printLine(`${ok ? 'verified' : 'DIFFERS'}: ${path}`);
  printLine(`run ${verified.runId ?? 'unknown'}, plan ${verified.planHash ?? 'unknown'}, ${verified.files} files`);
  printLine(signedWords(verified, flags.keys !== undefined));
  for (const { file, message } of faults) printLine(`${file}: ${message}`);
  for (const { document, says, expect, found } of differing)
    printLine(`${document}: ${says} The pack says ${JSON.stringify(expect)}, the run ${JSON.stringify(found)}`);
  if (flags.run !== undefined) {
    const again = statements.filter(({ outcome }) => outcome === 'found again').length;
    printLine(
      `${again} of ${statements.length} statements were found again in ${flags.run}; ${differing.length} differ`,
    );
    if (elsewhere.length > 0)
      printLine(`${elsewhere.length} are of the packages where the pack was made; here are others`);
    for (const command of new Set(byHand.map((each) => each.command))) printLine(`not run here: ${command}`);
  }
  return ok ? 0 : 1;
}

function signedWords({ signed, signedBy }: { signed: boolean; signedBy: readonly string[] }, looked: boolean): string {
  if (!signed) return 'not signed: whoever changed a file could have changed its manifest with it';
  if (!looked) return 'signed; by whom was not looked at: give public keys by --keys FILE';
  return signedBy.length > 0 ? `signed by ${signedBy.join(', ')}` : 'NOT SIGNED by any of the keys given';
}

async function statementsOf(
  files: ReadonlyMap<string, Uint8Array>,
  { run: folder, ledger, declarations }: VerifyPackFlags,
  run: RunFedward,
): Promise<readonly Recomputed[]> {
  const declared = files.get('declarations.yaml');
  const own = await mkdtemp(join(tmpdir(), 'fedward-pack-'));
  try {
    // What was looked at is what is read, whatever happens to the pack meanwhile.
    await writePack(files, own);
    const written = declarations ?? (declared && join(own, 'declarations.yaml'));
    const facts = await factsOf(folder!, {
      ...(ledger !== undefined && { ledger }),
      ...(written !== undefined && { declarations: written }),
    });
    const variables = { RUN: folder!, PACK: own, ...(ledger !== undefined && { LEDGER: ledger }) };
    return await recompute(statementsIn(files), facts, variables, run);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
