import { resolve } from 'node:path';
import { FedwardError, type Json } from '@fedward/core';
import { packDocument, partNames, renderPack, signPack, writePack, zipOf, type PackFacts } from '@fedward/compliance';
import { createFileAtomic, readBytes } from '@fedward/kit-files';
import { evidenceFacts, isInside } from '@fedward/sim-healthcare/evidence';
import { openSigner } from '../keys/open-signer.js';
import { readYaml } from '../simulate/read-config.js';
import { note, printJson, printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** `fedward evidence` as commander has parsed it. */
export interface EvidenceFlags {
  readonly out?: string;
  readonly zip?: string;
  readonly sign?: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
  readonly declarations?: string;
  readonly ledger?: string;
  readonly json?: boolean;
}

/**
 * Writes a pack: a folder, and with `--zip` one file as well.
 * @returns the exit code: 1 for a pack of a run that does not verify, which says so
 */
export async function evidenceAction(run: string, flags: EvidenceFlags): Promise<0 | 1> {
  const out = resolve(flags.out!);
  if (isInside(out, resolve(run)))
    throw new FedwardError('CONFIG_INVALID', `--out: ${flags.out} is inside of the run that it is about`, '--out');
  if (flags.sign === undefined && (flags.keys ?? flags.passphraseFile) !== undefined)
    throw new FedwardError('CONFIG_INVALID', '--keys and --passphrase-file: they are for --sign NAME', '--sign');
  const facts = await factsOf(run, flags);
  const unsigned = renderPack(facts);
  const signer = flags.sign === undefined ? undefined : (await openSigner(flags.sign, flags)).signer;
  const files = signer ? signPack(unsigned, signer) : unsigned;
  await writePack(files, out);
  if (flags.zip !== undefined && !(await createFileAtomic(resolve(flags.zip), zipOf(files))))
    throw new FedwardError('CONFIG_INVALID', `--zip: ${flags.zip} is there already`, '--zip');
  const documents = partNames.length;
  const told = { runId: facts.run.runId, folder: out, ...(flags.zip !== undefined && { zip: resolve(flags.zip) }) };
  const signed = signer ? { name: signer.name, verifierKey: signer.verifierKey } : null;
  const { ok } = facts.run;
  const code = ok ? 0 : 1;
  if (!ok) note(`fedward: ${run} DOES NOT VERIFY, and so its pack says: fedward audit verify names what differs`);
  if (flags.json) {
    printJson({ ...told, files: files.size, documents, signed, ok });
    return code;
  }
  printLine(`${files.size} files, ${documents} documents: ${out}`);
  if (flags.zip !== undefined) printLine(`the same in one file: ${told.zip}`);
  printLine(signer ? `signed: ${signer.verifierKey}` : 'not signed: --sign NAME does');
  printLine('It states no level of compliance with any law. Read index.html first.');
  return code;
}

/** Prints one part, as the run's folder says it now. */
export async function showAction(run: string, part: string, flags: EvidenceFlags): Promise<void> {
  const document = packDocument(part, await factsOf(run, flags));
  if (flags.json) return printJson(document);
  const { title, contributes, doesNotShow, lacking, needsPerson, statements, tables } = document;
  printLine(`${title}: ${contributes}`);
  for (const { says } of statements) printLine(`- ${says}`);
  for (const { caption, head, rows } of tables) {
    printLine(`${caption}:`);
    printTable(head, rows);
  }
  for (const words of lacking) printLine(`not there: ${words}`);
  for (const words of needsPerson) printLine(`needs a person: ${words}`);
  for (const words of doesNotShow) printLine(`does not show: ${words}`);
}

/** What the run's folder shows, with what else was named. */
export async function factsOf(
  run: string,
  { ledger, declarations }: Pick<EvidenceFlags, 'ledger' | 'declarations'>,
): Promise<PackFacts> {
  return evidenceFacts(run, {
    ...(ledger !== undefined && { ledger }),
    ...(declarations !== undefined && { declarations: await declared(declarations) }),
  });
}

async function declared(path: string): Promise<NonNullable<PackFacts['declarations']>> {
  const text = new TextDecoder().decode(await readBytes(path, { option: '--declarations' }));
  const said = await readYaml(path, '--declarations');
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    throw new FedwardError('FILE_INVALID', `--declarations: ${path} declares nothing by name`, '--declarations');
  return { text, said: JSON.parse(JSON.stringify(said)) as Readonly<Record<string, Json>> };
}
