import { note, printJson, printLine, printTable } from '@fedward/cli/command';
import { findPython } from './peers/python.js';
import { findTutorialProgram } from './peers/tutorial-program.js';
import { tablesOf } from './report/tables.js';
import { toJson, writeReport } from './report/write.js';
import { benchmarks, findBenchmarks, runBenchmark, type Report } from './run.js';
import type { BenchFlags } from './bench-flags.js';

/** The names that there are. */
export function listAction({ json }: Pick<BenchFlags, 'json'>): void {
  const all = benchmarks.map(({ name, description }) => ({ name, description }));
  if (json) return printJson({ benchmarks: all });
  printTable(
    ['Benchmark', 'What it measures'],
    all.map(({ name, description }) => [name, description]),
  );
}

/**
 * Runs one benchmark, or all, one after the other, and writes each as soon as it is done.
 * @throws {FedwardError} CONFIG_INVALID, FILE_NOT_FOUND, CLIENT_FAILED, STORAGE_FAILED
 */
export async function benchAction(name: string, flags: BenchFlags): Promise<void> {
  const chosen = findBenchmarks(flags.choose && name === 'flamby' ? 'flamby-choice' : name);
  const options = {
    pairs: flags.pairs,
    quick: flags.quick ?? false,
    // This very program, as it was started.
    command: [process.execPath, ...process.execArgv, process.argv[1]!],
    tutorialProgram: findTutorialProgram(flags.tutorialProgram),
    python: await findPython(flags.python),
    ...{ dataDir: flags.data, dataset: flags.dataset },
    progress: note,
  };
  const documents: ReturnType<typeof toJson>[] = [];
  for (const benchmark of chosen) {
    const report = await runBenchmark(benchmark, options);
    const files = await writeReport(flags.out, report);
    if (!flags.json) print(report);
    note(`wrote ${files.join(', ')}`);
    documents.push(toJson(report));
  }
  if (flags.json) printJson(name === 'all' ? { schemaVersion: 1, benchmarks: documents } : documents[0]);
}

function print({ name, description, quick, findings }: Report): void {
  printLine(`${name}: ${description}${quick ? ' (quick: figures mean nothing)' : ''}`);
  for (const { title, columns, rows } of tablesOf(findings)) {
    printLine(title);
    printTable(columns, rows);
  }
  for (const what of findings.skipped) printLine(`skipped: ${what}`);
}
