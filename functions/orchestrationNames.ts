/** Names of the orchestrations; instances in flight find their code by them, so they never change. */

export const ORCHESTRATIONS = {
  buildImagePool: 'buildImagePool',
  answerRequest: 'answerRequest',
} as const;
