import { library } from '../../tsup.config.base.ts';

/** The library: dependencies stay outside, so that plugins share one @fedward/core with it. */
export default library();
