import { clauseOf, clauses } from './clauses.js';
import type { PackDocument } from './statement.js';
import { html, htmlWithCode } from './text.js';

/** What a pack is and is not, in its index. */
export const about = [
  'This pack says what the folder of one run, its logs and its installation show. It states no level of compliance with any law: what ' +
    'applies to a study, and whether it is met, is for a lawyer, a data protection officer and a security officer to say.',
  'Each statement names a command that finds it again. $RUN is the folder of the run, $PACK this folder, $DATA the folder of data, ' +
    '$LEDGER that of ledgers, $NEW a folder that is not there yet. `fedward evidence verify "$PACK" --run "$RUN"` runs them all that ' +
    'need no data.',
];

/** What comes before all else in the index of a run that does not verify. */
const differs =
  'THIS RUN DOES NOT VERIFY: it is not as its log vouches for it. What the parts say is what its folder says now, and counts for nothing ' +
  'until `fedward audit verify "$RUN"` has named what differs and somebody has found out why.';

/** `index.json`: each part with the clauses that ask for it, and each clause with the parts. */
export function indexOf(
  documents: readonly PackDocument[],
  { ok, ...run }: { readonly runId: string; readonly planHash: string; readonly ok: boolean },
) {
  return {
    schemaVersion: 1,
    ...run,
    verified: ok,
    about: ok ? about : [differs, ...about],
    documents: documents.map(
      ({ name, title, contributes, doesNotShow, lacking, needsPerson, clauses: asked, files, statements }) => ({
        ...{ name, title, contributes, doesNotShow, lacking, needsPerson },
        clauses: asked.map(clauseOf),
        files: [`${name}.md`, `${name}.json`, ...Object.keys(files)],
        statements: statements.length,
      }),
    ),
    clauses: clauses.map((clause) => ({
      ...clause,
      documents: documents.filter(({ clauses: asked }) => asked.includes(clause.id)).map(({ name }) => name),
    })),
  };
}

/** `index.html`. It loads nothing. */
export function indexPage(index: ReturnType<typeof indexOf>): string {
  const list = (items: readonly string[]): string =>
    items.length === 0
      ? '<p>Nothing.</p>'
      : `<ul>${items.map((item) => `<li>${htmlWithCode(item)}</li>`).join('')}</ul>`;
  const document = ({ name, title, ...of }: (typeof index)['documents'][number]): string => `
<section id="${name}"><h2>${html(title)}</h2>
<p>It contributes: ${html(of.contributes)}. ${of.statements} statements, each with its command.</p>
<p>${of.files.map((file) => `<a href="${html(encodeURI(file))}">${html(file)}</a>`).join(', ')}</p>
<h3>What it does not show</h3>${list(of.doesNotShow)}
<h3>What this run does not have</h3>${list(of.lacking)}
<h3>What needs a person</h3>${list(of.needsPerson)}
</section>`;
  const clause = ({ citation, asks, documents }: (typeof index)['clauses'][number]): string =>
    `<tr><th scope="row">${html(citation)}</th><td>${html(asks)}</td><td>${
      documents.map((name) => `<a href="#${name}">${name}</a>`).join(', ') || 'nothing'
    }</td></tr>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evidence of run ${html(index.runId)}</title>
<meta name="viewport" content="width=device-width"><style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2228; background: #fff }
table { border-collapse: collapse } th, td { border: 1px solid #c9d0d6; padding: .3rem .6rem; text-align: left; vertical-align: top }
a { color: #0b57a4 } h3 { font-size: 1rem; margin-bottom: 0 }
</style></head><body><main>
<h1>Evidence of run ${html(index.runId)}</h1>
<p>Plan ${html(index.planHash)}.</p>
${index.about.map((words) => `<p>${htmlWithCode(words)}</p>`).join('\n')}
<h2>Which part is asked for by which clause</h2>
<table><thead><tr><th scope="col">Clause</th><th scope="col">Asks that</th><th scope="col">Parts</th></tr></thead>
<tbody>${index.clauses.map(clause).join('\n')}</tbody></table>
${index.documents.map(document).join('\n')}
</main></body></html>
`;
}
