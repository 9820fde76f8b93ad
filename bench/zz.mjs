await import('@tensorflow/tfjs-layers');
const { useBackend } = await import('lrfind');
const s = performance.now();
await useBackend(process.argv[2]);
console.log(performance.now() - s);
