import { readFileSync, readdirSync } from 'node:fs';
import { openSession } from '../../packages/finder/dist/engine/session.js';
import { verify } from '../../packages/finder/dist/study/verify.js';
import { resolveModelOptimizer } from '../../packages/finder/dist/optimizers/model-optimizer.js';
import { useBackend, train } from 'lrfind';
import { taskOf } from './tasks.js';
const [folder, only, L] = process.argv.slice(2);
await useBackend('tensorflow');
let sum=[0,0], n=0, cost=0;
for (const f of readdirSync(folder).filter((f)=>f.endsWith('.json')).sort((a,b)=>parseInt(a)-parseInt(b))) {
  const r = JSON.parse(readFileSync(`${folder}/${f}`)); if (r.refused || r.fineTunes || (process.argv[5] && !process.argv[5].split(',').includes(String(r.number))) || (only==='making') !== (r.number%2===0)) continue;
  if ((r.start-r.best.loss)/Math.abs(r.start) < 0.1) continue;
  const t = taskOf(r.number); const model = t.model();
  for (const q of r.searches.slice(0,1)) {
    if (!q.suggestion) { console.log(r.number,'none'); continue; }
    const session = await openSession(model, t.train, { loss: t.loss, validationSplit: Math.min(0.2, 1024/t.train.rows), seed: q.seed, initialWeights: 'drawn', settableWeights: false });
    const o = resolveModelOptimizer(t.optimizer, model);
    globalThis.DBG=1; const v = await verify(session, o, { plain: q.suggestion.learningRate, length: Math.min(t.steps, Number(L)), batchSize: t.batchSize, seed: q.seed });
    session.restore();
    const reg = (rate) => { const x=r.truth.map(p=>Math.log10(p.rate)), y=r.truth.map(p=>Math.min((p.loss??Infinity), 10*r.start)); const l=Math.log10(rate); let i=x.findLastIndex(e=>e<=l); i=Math.max(0,Math.min(i,x.length-2)); const w=Math.min(1,Math.max(0,(l-x[i])/(x[i+1]-x[i]))); return (y[i]*(1-w)+y[i+1]*w-r.best.loss)/(r.start-r.best.loss); };
    const a=Math.min(1,reg(q.suggestion.learningRate)), b=v?Math.min(1,reg(v.learningRate)):1; sum[0]+=a; sum[1]+=b; n++; cost+=v?.steps??0;
    if (process.argv[5]) for (const x of v?.tried??[]) console.log('   ', x.rate.toPrecision(3), JSON.stringify(x.trainings.map(t=>[t.outcome,t.evaluations.length,t.divergedAt,t.start?.loss])));
    console.log(r.number,r.kind,r.optimizer.name,t.steps,'best',r.best.rate.toPrecision(2),'plain',q.suggestion.learningRate.toPrecision(2),a.toFixed(3),'verified',v?.learningRate.toPrecision(2),b.toFixed(3),v?.verdict,v?.steps,v?.seconds.toFixed(1)+'s', v?.tried.length);
  }
  model.dispose();
}
console.log('mean',sum.map(s=>(s/n).toFixed(3)),n,'cost',Math.round(cost/n));
