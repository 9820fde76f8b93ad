// A job that takes a while, and says in which process it ran.
/** @param {{ data: { milliseconds: number } }} job */
export default async function run({ data }) {
  await new Promise((resolve) => setTimeout(resolve, data.milliseconds));
  return process.pid;
}
