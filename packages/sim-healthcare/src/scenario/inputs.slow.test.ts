import { saysInputs } from '../testing/says-inputs.js';

saysInputs('large');
