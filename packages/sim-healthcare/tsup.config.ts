import { library } from '../../tsup.config.base.ts';

/**
 * One entry a subpath, as in the exports of package.json. Dependencies stay outside, so that plugins share one
 * @fedward/core with it.
 */
export default library({
  index: 'src/index.ts',
  report: 'src/report/index.ts',
  canaries: 'src/canaries/index.ts',
  evidence: 'src/evidence/index.ts',
  'plugins/catalogue': 'src/plugins/catalogue.ts',
  'run/limits': 'src/run/limits.ts',
  'report/visible': 'src/report/visible.ts',
  training: 'src/training.ts',
  worker: 'src/worker.ts',
});
