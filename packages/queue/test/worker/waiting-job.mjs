// Jobs that take a while, and say in which process they ran; or that fail, or end the process.
process.on('message', async ({ milliseconds, ends, fails }) => {
  if (ends) process.kill(process.pid, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  process.send?.(fails ? { failure: fails } : { result: process.pid });
});
// As one that is killed while it loads its modules.
if (process.env.LRFIND_TEST_DIES) process.kill(process.pid, 'SIGKILL');
