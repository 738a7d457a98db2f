import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

/** What there is to delete when the study ends: a form, filled in with what lies in the folder. */
export function deletion({ kept, run }: PackFacts): Draft {
  const groups = kept.map(({ file, bytes }) => ({ file, bytes, ...fateOf(file) }));
  const due = groups.filter(({ fate }) => fate === 'delete');
  return {
    name: 'deletion',
    title: 'End-of-study deletion record',
    clauses: ['hipaa-164.316(b)(2)(i)', 'gdpr-5(1)(e)', 'gdpr-17', 'gdpr-28', 'ehds-61'],
    contributes: 'a list of what a study leaves behind, with what is to be deleted at its end and what is to be kept',
    doesNotShow: [
      'that anything was deleted: this software deletes nothing',
      "copies elsewhere: backups, other folders, the hospitals' own data",
      'that a model forgot whom it learned from: see `fedward withdraw`',
    ],
    lacking: run.state === 'sealed' ? [] : ['an end: the run is not sealed'],
    needsPerson: [
      'who deleted each file marked "delete", when, and how it was made sure',
      'which backups hold it, and until when',
      'who decided to keep what is kept, and on which ground',
    ],
    statements: [
      { says: `Due for deletion: ${counted(due.length, 'file')}.`, fact: 'due', value: due.length },
      {
        says: `They have ${due.reduce((sum, { bytes }) => sum + bytes, 0)} bytes.`,
        ...{ fact: 'due bytes', value: due.reduce((sum, { bytes }) => sum + bytes, 0) },
      },
    ],
    tables: [
      {
        caption: 'What the folder of the run holds',
        head: ['File', 'Bytes', 'At the end', 'Why', 'Deleted by, when, how'],
        rows: groups.map(({ file, bytes, fate, why }) => [
          ...[file, String(bytes), fate, why, fate === 'delete' ? 'needs a person' : '-'],
        ]),
      },
    ],
  };
}

/** By what a file is: the first rule that fits. */
const fates: readonly (readonly [pattern: RegExp, fate: 'delete' | 'keep' | 'decide', why: string])[] = [
  [/(^|\/)audit\//, 'keep', 'the log: six years where 45 CFR 164.316(b)(2)(i) applies'],
  [/(^|\/)witness/, 'keep', "what is known of others' logs"],
  [/^certificates\//, 'keep', 'certificates of rounds: with the log'],
  [/^(keys\.txt|.*\.vkey)$/, 'keep', 'public keys: without them no signature can be checked'],
  [/^checkpoints\//, 'delete', 'states of training: only for going on with the run'],
  [/^split\.secret$/, 'delete', 'tells who was tested on'],
  [/(^|\/)(keys?|private)(\/|\.)|\.key(\.json)?$/, 'delete', 'private keys: nothing more is to be signed by them'],
  [/^hospitals\/.*\/model\.safetensors$/, 'decide', "a hospital's personal model: the hospital's to keep"],
  [/^hospitals\//, 'delete', 'what a hospital remembers of the strategy'],
  [/^check\.json$/, 'decide', 'what was checked before the run: its evidence counts cells of tables'],
  [/^preprocessing\.json$/, 'decide', 'fitted on patients; with the model as long as that is used'],
  [/^model\.safetensors$/, 'decide', 'the model: holds what it learned'],
];

function fateOf(file: string): { readonly fate: 'delete' | 'keep' | 'decide'; readonly why: string } {
  const rule = fates.find(([pattern]) => pattern.test(file));
  return rule ? { fate: rule[1], why: rule[2] } : { fate: 'keep', why: 'documents the run' };
}
