import { digestJson, sha256 } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { someFacts } from '../testing/pack-facts.js';
import { clauses } from './clauses.js';
import { partNames } from './documents/index.js';
import { packDocument, renderPack } from './pack.js';
import { valueAt, type PackDocument } from './statement.js';
import { statementsIn } from './statements-in.js';

const textOf = (files: ReadonlyMap<string, Uint8Array>, file: string): string =>
  Buffer.from(files.get(file)!).toString('utf8');
const documentIn = (files: ReadonlyMap<string, Uint8Array>, name: string): PackDocument =>
  JSON.parse(textOf(files, `${name}.json`)) as PackDocument;

describe('a pack', () => {
  const files = renderPack(someFacts());

  it('is equal bytes for equal facts, and has each part for people and for programs', () => {
    expect(renderPack(someFacts())).toEqual(files);
    for (const name of partNames)
      for (const ending of ['json', 'md']) expect(files.has(`${name}.${ending}`)).toBe(true);
    const other = renderPack(someFacts({ bytes: { sent: 1616, received: 1617 } }));
    expect([...files.keys()].filter((file) => textOf(files, file) !== textOf(other, file))).toEqual([
      ...['data-flow.json', 'data-flow.md', 'manifest.json'],
    ]);
  });

  it('has in each part only statements whose command finds the value that is expected', () => {
    for (const name of partNames) {
      const document = packDocument(name, someFacts());
      expect(document.statements.length).toBeGreaterThan(0);
      for (const { command, pointer, expect: value } of document.statements) {
        expect(command).toMatch(/^fedward [a-z]+ /);
        if (command === `fedward evidence show "$RUN" ${name} --json`)
          expect(valueAt(document, pointer)).toEqual(value);
      }
    }
  });

  it('says of each table and each file what its digest is', () => {
    const { tables, statements } = documentIn(files, 'data-flow');
    const [{ head, rows, digest } = tables[0]!] = tables;
    expect(digest).toBe(digestJson({ head, rows }));
    expect(statements.at(-1)).toMatchObject({ pointer: '/tables/0/digest', expect: digest });
    expect(documentIn(files, 'model-card').files).toEqual({ 'cards/model-card.md': sha256('# Card\n') });
    expect(textOf(files, 'cards/model-card.md')).toBe('# Card\n');
  });

  it('says that cards are whole, with what else was suppressed', () => {
    const told = (name: 'disclosure-control' | 'model-card', facts = someFacts()) =>
      packDocument(name, facts).doesNotShow.join(' ');
    for (const name of ['disclosure-control', 'model-card'] as const) {
      expect(told(name)).toMatch(/whole, with figures and numbers of patients of test parts/);
      expect(told(name, someFacts({ copies: [] }))).not.toMatch(/numbers of patients of test parts/);
    }
  });

  it('maps each part to clauses and back, and states no compliance', () => {
    const index = JSON.parse(textOf(files, 'index.json')) as {
      documents: { name: string; clauses: { id: string }[]; doesNotShow: string[]; contributes: string }[];
      clauses: { id: string; documents: string[] }[];
    };
    expect(index.documents.map(({ name }) => name)).toEqual(partNames);
    for (const { name, clauses: asked, doesNotShow, contributes } of index.documents) {
      expect(contributes).not.toBe('');
      expect(doesNotShow.length).toBeGreaterThan(0);
      for (const { id } of asked) expect(index.clauses.find((clause) => clause.id === id)!.documents).toContain(name);
    }
    // No clause stands there for nothing.
    expect(index.clauses.filter(({ documents }) => documents.length === 0)).toEqual([]);
    expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length);
    for (const [file, content] of files)
      expect(Buffer.from(content).toString('utf8'), file).not.toMatch(
        /\b(hipaa|gdpr|ehds)[- ](compliant|certified)|fully compl/i,
      );
  });

  it('says before all else that a run does not verify', () => {
    const facts = someFacts();
    const of = renderPack({ ...facts, run: { ...facts.run, ok: false } });
    const text = (from: typeof of, file: string): string => Buffer.from(from.get(file)!).toString('utf8');
    expect(text(of, 'index.html').split('<p>')[2]).toMatch(/^THIS RUN DOES NOT VERIFY/);
    expect(JSON.parse(text(of, 'index.json'))).toMatchObject({ verified: false });
    expect(text(of, 'audit-proofs.md')).not.toContain('nothing was added, changed or removed');
    expect(text(renderPack(facts), 'index.html')).not.toContain('DOES NOT VERIFY');
    expect(text(renderPack(facts), 'audit-proofs.md')).toContain('nothing was added, changed or removed');
  });

  it('hides small counts, and the count that they would follow from', () => {
    const { tables, facts } = documentIn(files, 'participation');
    expect(tables[0]!.rows).toEqual([
      ['north', 'too few to tell', '40', 'too few to tell: opted out'],
      ['south', '30', '30', 'none'],
    ]);
    expect(facts['hospitals']).toEqual(['north', 'south']);
    expect(documentIn(files, 'disclosure-control').facts).toMatchObject({ 'hidden counts': 2, 'minimum count': 5 });
  });

  it('says by name what a run does not have', () => {
    const lacking = (name: string): string => documentIn(files, name).lacking.join('\n');
    expect(lacking('approvals')).toMatch(/approvals: none were asked for.*--approvals/);
    expect(lacking('audit-proofs')).toMatch(/certificates of rounds[^]*public keys/);
    expect(lacking('privacy')).toMatch(/a bound: nothing[^]*--ledger DIR/);
    expect(lacking('processing')).toMatch(/--declarations FILE/);
    const there = { time: 't', hospital: null, details: { key: 'k' } };
    const whole = renderPack(someFacts({ approvals: [there], policies: [there], checks: [there] }));
    expect(documentIn(whole, 'approvals').lacking).toEqual([]);
    expect(documentIn(whole, 'approvals').tables.map(({ caption }) => caption)).toEqual([
      ...['Approvals', 'Policies of hospitals', 'Checks before the run'],
    ]);
  });

  it('lists what is to be deleted, and never the log or public keys', () => {
    const { tables, facts } = documentIn(files, 'deletion');
    const fates = Object.fromEntries(tables[0]!.rows.map(([file, , fate]) => [file, fate]));
    expect(fates).toEqual({
      'audit/checkpoint': 'keep',
      'checkpoints/run-1.safetensors': 'delete',
      'split.secret': 'delete',
      'hospitals/north/key.json': 'delete',
      'keys.txt': 'keep',
      'model.safetensors': 'decide',
    });
    expect(facts).toEqual({ due: 3, 'due bytes': 2364 });
  });

  it('fills the letters of Article 30(1) with what was declared, and leaves the others to a person', () => {
    const declarations = { text: 'purpose: x\n', said: { purpose: 'research', retention: { until: '2030-01-01' } } };
    const declared = renderPack(someFacts({ declarations }));
    const { tables, needsPerson, statements } = documentIn(declared, 'processing');
    expect(tables[0]!.rows.map(([letter, , words]) => [letter, words!.startsWith('needs a person')])).toEqual([
      ...[['(a)', true], ['(b)', false], ['(c)', true], ['(d)', true], ['(e)', true], ['(f)', false], ['(g)', false]], // prettier-ignore
    ]);
    expect(needsPerson).toHaveLength(4);
    expect(statements[0]!.command).toContain('--declarations "$PACK/declarations.yaml"');
    expect(textOf(declared, 'declarations.yaml')).toBe(declarations.text);
  });

  it('prices what was charged by the accountant alone', () => {
    const spent = {
      type: 'repeated',
      count: 66,
      event: { type: 'poisson-sampled', samplingProbability: 0.1, event: { type: 'gaussian', noiseMultiplier: 4 } },
    } as const;
    const privacy = {
      ...{
        mechanisms: ['dp-sgd'],
        unit: 'record',
        adjacency: 'add-or-remove-one',
        accountant: 'pld',
        epsilon: 0.5,
        delta: 1e-5,
      },
      ...{ protects: 'what leaves a site', assumptions: ['one'], released: [], withheld: [], notReleased: [] },
      perHospital: [{ id: 'north', epsilon: 0.5, spent }],
    };
    const { statements } = packDocument('privacy', someFacts({ privacy }));
    expect(statements.find(({ command }) => command.includes('privacy epsilon'))).toMatchObject({
      command:
        'fedward privacy epsilon --noise-multiplier 4 --sampling-probability 0.1 --steps 66 --delta 0.00001 --accountant pld --json',
      ...{ pointer: '/epsilon', expect: 0.5 },
    });
    const claimed = packDocument('privacy', someFacts({ privacy: { ...privacy, epsilon: null } }));
    expect(claimed.statements[0]!.says).toContain('no finite epsilon bounds it');
    // Noise that everybody can draw again protects nothing.
    expect(statements[0]!.says).toMatch(
      /^dp-sgd would protect, were its noise secret, what leaves a site: epsilon 0.5/,
    );
    const run = { ...someFacts().run, simulationOnly: false };
    const secret = packDocument('privacy', someFacts({ privacy, run })).statements[0]!.says;
    expect(secret).toMatch(/^dp-sgd protects what leaves a site: epsilon 0.5/);
  });

  it('makes no markup, line or turn of direction of the text of others', () => {
    const nasty = 'north\n# <b>\u202e|`x`';
    const rendered = renderPack(someFacts({ flows: [{ ...someFacts().flows[0]!, from: nasty }] }));
    const text = textOf(rendered, 'data-flow.md');
    expect(text).not.toMatch(/^# <b>|\u202e/m);
    expect(text.replaceAll(/`` .*? ``|`[^`]*`/g, '')).not.toContain('<b>');
    expect(text).toContain('\\\\u000a');
    expect(textOf(rendered, 'index.html')).not.toContain('<b>');
  });

  it('refuses a part that there is not, and names the nearest', () => {
    expect(() => packDocument('data-flows', someFacts())).toThrow(/there is no part data-flows.*data-flow/);
    expect(() => packDocument('toString', someFacts())).toThrow(/there is no part/);
  });
});

describe('statements of a pack that nobody trusts', () => {
  it('are read where they are any', () => {
    const files = renderPack(someFacts());
    const all = statementsIn(files);
    expect(all.length).toBeGreaterThan(50);
    const broken = new Map(files)
      .set('privacy.json', Buffer.from('{"statements": 3}'))
      .set('replay.json', Buffer.from('{'));
    const left = statementsIn(broken);
    expect(left.some(({ document }) => document === 'privacy' || document === 'replay')).toBe(false);
    expect(left.length).toBeLessThan(all.length);
  });

  it('are found by pointers (RFC 6901), and never in what an object inherits', () => {
    // The examples of section 5.
    const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, ' ': 7 };
    const of = { '/foo/0': 'bar', '/': 0, '/a~1b': 1, '/c%d': 2, '/m~0n': 8, '/ ': 7, '': document };
    for (const [pointer, value] of Object.entries(of)) expect(valueAt(document, pointer), pointer).toEqual(value);
    expect(valueAt(document, '/toString')).toBeUndefined();
    expect(valueAt(document, '/foo/0/x')).toBeUndefined();
  });
});
