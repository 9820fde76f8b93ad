// Opens TensorFlow with the built package, and ends some milliseconds later; for exit.test.ts.
import { useBackend } from '../../dist/node/index.js';

await useBackend('tensorflow');
setTimeout(() => process.exit(5), Number(process.argv[2]));
