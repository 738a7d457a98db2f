import type { PackFacts } from '../facts.js';
import type { Draft } from '../statement.js';

const folder = 'cards/';

/** They are sealed whole, so that nothing can be taken out of them. */
const ofCards =
  'anything that was suppressed: the files in cards/ are the run’s own, whole, with figures and numbers of patients of test parts';

/** The run's own cards, as its log vouches for them. */
export function modelCard({ copies, files, run }: PackFacts): Draft {
  const own = copies.filter(({ file }) => file.startsWith(folder));
  const verify = 'fedward audit verify "$RUN" --json';
  return {
    name: 'model-card',
    title: 'Model card',
    clauses: ['hipaa-164.316(b)(1)', 'gdpr-5(2)', 'gdpr-35', 'ehds-61'],
    contributes: 'what the model is, what it was trained and judged on, and what it is not for',
    doesNotShow: [
      'that the model is fit for use on patients',
      'that it is a medical device, or that it is none',
      ...(own.length > 0 ? [ofCards] : []),
    ],
    lacking: own.length === 0 ? ['cards: this run has none'] : [],
    needsPerson: ['fill in what the card says "needs a person" of: intended use, limits, who answers for it'],
    statements: [
      { says: `The model's digest is ${run.model ?? 'not known'}.`, fact: 'model', value: run.model },
      ...own.flatMap(({ file }) => {
        const index = files.findIndex((each) => each.file === file.slice(folder.length));
        const logged = files[index]?.logged;
        if (logged === undefined || logged === null) return [];
        const says = `${file} is the one that the log vouches for: ${logged}.`;
        return [{ says, command: verify, pointer: `/run/files/${index}/logged`, expect: logged }];
      }),
    ],
    tables: [],
    attachments: own,
  };
}
