/** The rules for instance ids (DurableClient.cs of the extension). */

const LONGEST_ID = 256;

/** What is wrong with the id, or undefined. */
export function instanceIdProblem(id: string): string | undefined {
  if (id.startsWith('@')) return 'Orchestration instance ids must not start with @.';
  // eslint-disable-next-line no-control-regex -- control characters are what the rule is about
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id)) {
    return 'Orchestration instance ids must not contain /, \\, #, ?, or control characters.';
  }
  if (id.length > LONGEST_ID) return `Instance ID lengths must not exceed ${LONGEST_ID} characters.`;
  return undefined;
}
