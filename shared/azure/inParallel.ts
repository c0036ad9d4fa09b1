/** Runs calls side by side, a few at a time. */

/** Answers in the order of the inputs; when one throws, it still waits for those under way, and begins no further one. */
export async function inParallel<I, O>(
  inputs: readonly I[],
  width: number,
  call: (input: I) => Promise<O>,
): Promise<readonly O[]> {
  const answers: O[] = [];
  const rest = inputs.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, input] of rest) {
      if (failed) return;
      try {
        answers[index] = await call(input);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(width, inputs.length) }, worker);
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return answers;
}
