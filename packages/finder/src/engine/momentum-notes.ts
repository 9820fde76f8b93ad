/** What to say where a schedule moves a momentum that the optimizer does not have. */
export function momentumNotes(moved: unknown, own: number | undefined, optimizer: string): string[] {
  if (!moved || own !== undefined) return [];
  return [`${optimizer} has no momentum, so the schedule moves the learning rate alone`];
}
