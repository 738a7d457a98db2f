import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

const folders = ['certificates/', 'checkpoints/'];

/** Heads of logs, certificates of rounds, and proofs that the run's first and last entries are in its log. */
export function auditProofs({ run, logs, files, proofs, certificates, copies }: PackFacts): Draft {
  const verify = 'fedward audit verify "$RUN" --json';
  const keys = copies.some(({ file }) => file === 'keys.txt');
  // Each is a command of its own: of hundreds the first and the last are looked at, and all are in the table.
  const ends = certificates.filter((_, i) => i === 0 || i === certificates.length - 1);
  const own = logs.find(({ owner }) => owner === 'coordinator');
  return {
    name: 'audit-proofs',
    title: 'Audit proofs',
    clauses: [
      ...['hipaa-164.308(a)(1)(ii)(D)', 'hipaa-164.312(b)', 'hipaa-164.312(c)(1)', 'hipaa-164.316(b)(2)(i)'],
      ...['gdpr-5(1)(f)', 'gdpr-5(2)', 'gdpr-32', 'ehds-73'],
    ],
    contributes: run.ok
      ? 'that what this pack says of the run is in a log to which nothing was added, changed or removed since'
      : 'that this run is not as its log vouches for it',
    doesNotShow: [
      'that what was logged is what happened: a log holds what was written to it',
      keys
        ? 'whose the keys are: they come from the folder of the run; hold them against keys that you were given elsewhere, since whoever wrote all of the folder could choose them'
        : 'that nobody wrote the whole log anew: keep its root where those who have the log can not reach it',
    ],
    lacking: [
      ...(certificates.length === 0 ? ['certificates of rounds: this run wrote none'] : []),
      ...(keys ? [] : ['public keys: the logs of this run are not signed']),
    ],
    needsPerson: ['keep the roots below elsewhere, for six years where 45 CFR 164.316(b)(2)(i) applies'],
    statements: [
      { says: `The run is ${run.state}.`, command: verify, pointer: '/run/state', expect: run.state },
      {
        says: run.ok ? 'Nothing differs from what its log vouches for.' : 'It differs from what its log vouches for.',
        ...{ command: verify, pointer: '/ok', expect: run.ok },
      },
      ...(own
        ? [{ says: `The root of its log is ${own.root}.`, command: verify, pointer: '/root', expect: own.root }]
        : []),
      ...(run.model === null
        ? []
        : [
            {
              says: `The weights of the model have the digest ${run.model}.`,
              ...{ command: verify, pointer: '/run/modelParameters', expect: run.model },
            },
          ]),
      ...logs.map(({ owner, entries }) => ({
        says: `The log of ${owner} has ${counted(entries, 'entry')}.`,
        ...{ fact: `entries of ${owner}`, value: entries },
      })),
      ...(keys
        ? ends.map(({ file, ok }) => ({
            says: `${file} ${ok ? 'holds' : 'does not hold'} by the public keys in keys.txt alone.`,
            command: `fedward audit verify "$PACK/${file}" --keys "$PACK/keys.txt" --json`,
            ...{ pointer: '/ok', expect: ok },
          }))
        : []),
    ],
    tables: [
      {
        caption: 'Logs',
        head: ['Owner', 'Folder', 'Entries', 'Root', 'Holds'],
        rows: logs.map(({ owner, folder, entries, root, ok }) => [
          ...[owner, folder, String(entries), root, ok ? 'yes' : 'NO'],
        ]),
      },
      ...(certificates.length === 0
        ? []
        : [
            {
              caption: 'Certificates of rounds',
              head: ['File', 'Holds', 'Weights after the round'],
              rows: certificates.map(({ file, ok, model }) => [file, ok ? 'yes' : 'NO', model ?? '-']),
            },
          ]),
      {
        caption: 'Files that the log vouches for',
        head: ['File', 'SHA-256', 'In the log'],
        rows: files.map(({ file, sha256, logged }) => [file, sha256 ?? 'missing', logged ?? '-']),
      },
    ],
    attachments: [
      ...proofs.flatMap(({ type, entry, proof }) => [
        { file: `proofs/${type}.json`, content: entry },
        { file: `proofs/${type}.tlog-proof`, content: proof },
      ]),
      ...copies.filter(({ file }) => file === 'keys.txt' || folders.some((folder) => file.startsWith(folder))),
    ],
  };
}
