// Prints what `program.js` makes in this engine.
import { documents } from './program.js';

console.log(JSON.stringify(await documents()));
