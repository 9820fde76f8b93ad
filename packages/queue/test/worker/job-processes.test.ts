import { afterAll, expect, test } from 'vitest';
import { jobProcesses } from '../../src/worker/job-processes.js';

const program = new URL('./waiting-job.mjs', import.meta.url);
const processes = jobProcesses(program, process.env);
afterAll(() => processes.end());

test('a process runs one job after the other; two jobs at a time have two', async () => {
  const first = await processes.run({ milliseconds: 1 });
  expect(await processes.run({ milliseconds: 1 })).toBe(first);
  const both = await Promise.all([processes.run({ milliseconds: 50 }), processes.run({ milliseconds: 50 })]);
  expect(new Set(both).size).toBe(2);
  expect(both).toContain(first);
});

test('a job fails with what the process says, which goes on, and with its end, after which there is another', async () => {
  const before = await processes.run({ milliseconds: 1 });
  await expect(processes.run({ milliseconds: 1, fails: 'no such optimizer' })).rejects.toThrow(/^no such optimizer$/);
  expect(await processes.run({ milliseconds: 1 })).toBe(before);
  await expect(processes.run({ ends: true })).rejects.toThrow(
    /^its process was ended by SIGKILL, as the system does where memory runs out$/,
  );
  expect(await processes.run({ milliseconds: 1 })).not.toBe(before);
});

test('a process that is killed while it starts is not waited for', async () => {
  const dying = jobProcesses(program, { ...process.env, LRFIND_TEST_DIES: '1' });
  await expect(dying.run({ milliseconds: 1 })).rejects.toThrow('its process was ended by SIGKILL');
});
