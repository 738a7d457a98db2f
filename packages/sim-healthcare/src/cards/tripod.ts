import { markdownTable, markdownText } from './markdown.js';
import type { CardSource } from './study.js';
import { tripodAnswers } from './tripod-answers.js';
import { tripodItems, type TripodItem } from './tripod-items.js';

/**
 * A reporting sheet by TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378) as Markdown: each sub-item with what the run
 * knows and where that stands, and what needs a person. It is a draft to write from, and no claim that anything was
 * reported in full.
 */
export function tripodSheet(source: CardSource): string {
  const answers = tripodAnswers(source);
  const known = (item: TripodItem) => answers[item.number] ?? [];
  const waiting = tripodItems.filter((item) => state(item, known(item).length > 0) !== 'filled by the run');
  const sections = [...new Set(tripodItems.map(({ section }) => section))];
  return [
    `# ${markdownText(`TRIPOD+AI sheet: ${source.manifest.title}`)}`,
    markdownText(
      `Run ${source.result.runId}. ${tripodItems.length} sub-items, of which ${waiting.length} need a person, in whole or in ` +
        'part. Topics are in short words of our own; what each asks for is in Collins et al. 2024, BMJ 385:e078378.',
    ),
    ...sections.flatMap((section) => [
      `## ${section}`,
      markdownTable(
        ['item', 'topic', 'state', 'what the run knows (where)', 'what a person writes'],
        tripodItems
          .filter((item) => item.section === section)
          .map((item) => [
            item.number,
            item.topic,
            state(item, known(item).length > 0),
            known(item)
              .map(({ text, from }) => `${text} (${from})`)
              .join(' '),
            item.write ?? '',
          ]),
      ),
    ]),
    `<!-- nonce ${source.result.nonce.replace(/[^0-9a-z]/gi, '')} -->`,
    '',
  ].join('\n\n');
}

/** Law: what a person has to add is never said to be done. */
function state(
  { write }: TripodItem,
  known: boolean,
): 'filled by the run' | 'in part, needs a person' | 'needs a person' {
  if (!known) return 'needs a person';
  return write === undefined ? 'filled by the run' : 'in part, needs a person';
}
