import type { CheckedRule, CheckReport } from '@fedward/compliance';
import { printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** Characters of a column. */
const widths = { rule: 26, found: 48, beyond: 34 };

/** In words, as a person is to read them. */
const words = {
  pass: 'pass',
  fail: 'FAIL',
  'needs-a-person': 'NEEDS A PERSON',
  'not-applicable': 'not applicable',
} as const;

/** Prints a report rule by rule, and what it comes to. It never says that a law is kept to. */
export function printCheck({ rules, summary, planHash, date, digest }: CheckReport): void {
  printTable(
    ['Rule', 'Outcome', 'Looked at, and evidence', 'Does not show'],
    rules.map(({ citation, title, outcome, looked, evidence, doesNotShow }, i) => [
      [...wrapped(citation, widths.rule), ...wrapped(title, widths.rule)],
      words[outcome],
      [
        ...wrapped(unlessSame(looked, rules[i - 1]?.looked), widths.found),
        ...evidence.flatMap((text) => wrapped(`- ${text}`, widths.found)),
      ],
      wrapped(unlessSame(doesNotShow, rules[i - 1]?.doesNotShow), widths.beyond),
    ]),
  );
  printLine(`Plan ${planHash}, checked on ${date}; report ${digest}`);
  tell(`${summary.fail} of ${rules.length} rules FAIL`, rules, 'fail');
  tell(`${summary['needs-a-person']} NEED A PERSON: nothing that was looked at decides them`, rules, 'needs-a-person');
  printLine(`${summary.pass} pass, ${summary['not-applicable']} are not applicable.`);
  printLine('This tells what was looked at and what was found. Whether a law is kept to is for people to say.');
}

function tell(what: string, rules: readonly CheckedRule[], outcome: CheckedRule['outcome']): void {
  const ids = rules.filter((rule) => rule.outcome === outcome).map(({ id }) => id);
  printLine(ids.length > 0 ? `${what}: ${ids.join(', ')}` : `${what}.`);
}

function unlessSame(text: string, above: string | undefined): string {
  return text === above ? 'as above' : text;
}

/** Lines of at most so many characters, broken between words, and within one that is longer. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => each.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? [])) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
