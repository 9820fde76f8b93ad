import base from '/work/p-ci/vitest.config.ts';
import { BaseSequencer } from 'vitest/node';
const order=(process.env.ORDER??'').split(',');
class S extends BaseSequencer { async sort(files){ return [...files].sort((a,b)=>order.findIndex(o=>a.moduleId.includes(o))-order.findIndex(o=>b.moduleId.includes(o))); } async shard(f){return f;} }
const b = await base;
export default { ...b, root: '/work/p-ci', test: { ...b.test, sequence: { sequencer: S }, maxWorkers: 1, isolate: false, reporters: ['default'] } };
