import { library } from '../../tsup.config.base.ts';

/** The training process is an entry of its own, beside the package's: see `training/child-file.ts`. */
export default library({ index: 'src/index.ts', 'training-process': 'src/training/training-process.ts' });
