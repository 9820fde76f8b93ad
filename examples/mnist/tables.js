// Digits as tables, to train and to test on: node examples/mnist/tables.js [FOLDER]
import { fileURLToPath } from 'node:url';
import { writeTables } from './digits.js';

await writeTables(process.argv[2] ?? fileURLToPath(new URL('../../out', import.meta.url)));
