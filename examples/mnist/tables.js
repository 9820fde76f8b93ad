// Writes the digits as tables for training and testing: node examples/mnist/tables.js [FOLDER]
import { fileURLToPath } from 'node:url';
import { writeTables } from './digits.js';

await writeTables(process.argv[2] ?? fileURLToPath(new URL('../../out', import.meta.url)));
