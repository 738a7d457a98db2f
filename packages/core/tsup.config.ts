import { library } from '../../tsup.config.base.ts';

/** One entry a subpath, as in the exports of package.json. */
export default library({ index: 'src/index.ts', training: 'src/training/index.ts', wire: 'src/wire.ts' });
