import {test} from 'vitest';
import {valley} from '../src/analysis/suggest/valley.js';
import {slide} from '../src/analysis/suggest/slide.js';
import {minimum} from '../src/analysis/suggest/minimum.js';
import {steepest} from '../src/analysis/suggest/steepest.js';
test('g',()=>{
 for (const n of [0,.02]) {
 const rates=Array.from({length:100},(_,i)=>1e-7*1e8**(i/100));
 const losses=rates.map((r,i)=>{const u=Math.log10(r); return 2.3-1.5/(1+Math.exp(-3*(u+3)))+.3*r*r+n*Math.sin(1.7*i)});
 const c={rates:rates.slice(10,-5),losses:losses.slice(10,-5)};
 for (const m of [valley,slide,minimum,steepest]) console.log(m.name,m.suggest(c));
 }
});
