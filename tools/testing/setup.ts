// In every test file's process: property tests draw from the run's seed, where they do not name one of their own.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FEDWARD_TEST_SEED']) });
