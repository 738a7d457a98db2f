export { plugins } from './plugins.js';
export { benchmarks, findBenchmarks, runBenchmark, type Report } from './run.js';
export type { Benchmark, BenchmarkOptions, Comparison, Findings, Measurement, Plot, Table, Unit } from './benchmark.js';
export type { Environment } from './measure/environment.js';
export { findPython, type Python } from './peers/python.js';
export { findTutorialProgram } from './peers/tutorial-program.js';
export { tablesOf } from './report/tables.js';
export { toJson, writeReport } from './report/write.js';
