import { digestJson, sha256, type Json, type JsonObject } from '@fedward/core';

/**
 * What a pack states, with what a reader runs to find it again. `$RUN` is the run's folder, `$PACK` the pack's, `$DATA` the
 * folder of data, `$LEDGER` that of ledgers, `$NEW` a folder that is not there yet.
 */
export interface Statement {
  /** In one sentence. */
  readonly says: string;
  /** A command line for a POSIX shell, that prints one JSON document. */
  readonly command: string;
  /** Where in that document the value is (RFC 6901). */
  readonly pointer: string;
  readonly expect: Json;
}

/** A table for people. The statement about it is over the digest of its rows. */
export interface PackTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A file that goes into the pack as it is. */
export interface Attachment {
  /** Relative to the pack, with slashes. */
  readonly file: string;
  readonly content: Uint8Array | string;
}

/** What one part of a pack is made of. */
export interface Draft {
  readonly name: string;
  readonly title: string;
  /** Ids of clauses that ask for it: see `clauses`. */
  readonly clauses: readonly string[];
  readonly contributes: string;
  readonly doesNotShow: readonly string[];
  /** What this run does not have, by name, and how it would come to be there. */
  readonly lacking: readonly string[];
  /** What only a person can say or do. */
  readonly needsPerson: readonly string[];
  /** With a statement that is found by another command than the pack's own; without `command` by that one. */
  readonly statements: readonly (Statement | Said)[];
  readonly tables: readonly PackTable[];
  readonly attachments?: readonly Attachment[];
  /** What `fedward evidence show` needs beside the run to make this part again. */
  readonly with?: string;
}

/** A statement whose value stands in the part's own `facts`, by a name. */
export interface Said {
  readonly says: string;
  readonly fact: string;
  readonly value: Json;
}

/** One part of a pack, as it stands in `NAME.json`. */
export interface PackDocument extends Omit<Draft, 'statements' | 'tables' | 'attachments' | 'with'> {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly facts: JsonObject;
  readonly tables: readonly (PackTable & { readonly digest: string })[];
  readonly statements: readonly Statement[];
  /** SHA-256 of each file that goes with it. */
  readonly files: Readonly<Record<string, string>>;
}

/** A whole part: each statement and table with the command that finds it again. */
export function documentOf(runId: string, draft: Draft): PackDocument {
  const { statements, tables, attachments = [], with: also, ...rest } = draft;
  const command = `fedward evidence show "$RUN" ${draft.name}${also === undefined ? '' : ` ${also}`} --json`;
  const facts: Record<string, Json> = {};
  for (const each of statements) if ('fact' in each) facts[each.fact] = each.value;
  const digested = tables.map((table) => ({ ...table, digest: tableDigest(table) }));
  return {
    schemaVersion: 1,
    runId,
    ...rest,
    facts,
    tables: digested,
    statements: [
      ...statements.map((each): Statement =>
        'fact' in each
          ? { says: each.says, command, pointer: `/facts/${escaped(each.fact)}`, expect: each.value }
          : each,
      ),
      ...digested.map(({ caption, digest }, i) => ({
        says: `The table "${caption}" is this one: the digest of its rows.`,
        ...{ command, pointer: `/tables/${i}/digest`, expect: digest },
      })),
    ],
    files: Object.fromEntries(attachments.map(({ file, content }) => [file, sha256(content)])),
  };
}

/** `sha256:` and the digest of a table's head and rows as canonical JSON (RFC 8785). */
export function tableDigest({ head, rows }: PackTable): string {
  return digestJson({ head, rows });
}

/** The value that a pointer names (RFC 6901); undefined where there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value: unknown = document;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return value;
}

function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
