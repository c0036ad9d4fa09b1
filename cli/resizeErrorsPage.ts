/** docs/resize-errors.md, from the table of resize errors: what each means, what the app does, and what to do about it. */
import { MOST_RESIZES, NO_PROGRESS_MS, TOTAL_MS, UNTIL_IT_SHOWS_MS } from '../shared/domain/growth/growingLimits';
import type { ReasonSign, ResizeErrorRow, Ruling } from '../shared/domain/growth/resizeErrorRow';
import { RESIZE_ERRORS, VAGUE_CODES } from '../shared/domain/growth/resizeErrorTable';
import type { GiveUpCause } from '../shared/domain/growth/verdictOnErrors';

const CAUSE: Readonly<Record<GiveUpCause, string>> = {
  quota: 'quota',
  imageGone: 'image gone',
  configuration: 'configuration',
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const INTRODUCTION = `# Resize errors

<!-- Written by \`npm run docs\` from the rows in shared/domain/growth/. Do not edit it here. -->

A pool that is steady has not always reached its size: Azure ends a resize with as many nodes as it could get, and leaves
the reason in the pool's \`resizeOperationStatus\`. The app reads it, decides by the table below, and resizes the pool again
when that can help.

## What the app does

| decision | what happens |
| --- | --- |
| resizes again at once | the same targets once more |
| resizes again later | the same targets once more, after a pause |
| steps down | the pool grows by fewer nodes at a time |
| looks up the image | the image, its replica in the region of the pool and its sources are read, and what is found decides which of the others it is |
| gives up | no resize would help: the growing ends, with the cause (quota, image gone, configuration) |

- Of several errors the one that rules out most decides: giving up before looking up, then stepping down, waiting, and
  trying at once.
- "Image gone" is said only when Azure answered 404 for the image, or for a source that a managed image still needs. What
  the app may not read is not gone.
- A resize is sent to a steady pool only, never above the target, and never to a pool that scales by formula. An error that
  is older than the last resize is not acted on; nor is one that a pool had before it was asked to grow.
- A resize that does not show at the pool within ${UNTIL_IT_SHOWS_MS / MINUTE} minutes is sent again with one node less, and then with all:
  no page says whether Azure resizes for targets that stay the same.
- Tries are limited: the growing ends after ${TOTAL_MS / HOUR} hours, after ${MOST_RESIZES} resizes, and when no node has come for
  ${NO_PROGRESS_MS / HOUR} hours.
- When it ends below the target, \`acceptAtLeast\` of the request decides: with at least so many nodes (or so much of the
  target) the build succeeds and its result says what is missing; with fewer it fails, and the undo takes the pool away.
  Left out, all nodes are asked for.

## Errors`;

const REASONS_NOTE = `Codes are compared without case. Where a code stands in several rows, the first row whose reason is found counts. A reason
is looked for in all that Azure says beside the code: the details of the error, such as \`Reason\`, and the provider's own
error in \`Provider Error Json\`, even when that was cut off. The reasons under \`AllocationFailed\` also count under`;

const ANY_CODE = 'any other code';

const codeText = (code: string | undefined): string => (code === undefined ? ANY_CODE : `\`${code}\``);

function signText({ provider, says }: ReasonSign): string {
  const phrase = says === undefined ? [] : [`"${says}"`];
  const code = provider === undefined ? [] : [`provider error \`${provider}\``];
  return [...code, ...phrase].join(' with ');
}

const reasonText = ({ reason = [] }: ResizeErrorRow): string => reason.map(signText).join('; or ');

function rulingText(ruling: Ruling): string {
  switch (ruling.decision) {
    case 'retryNow':
      return 'resizes again at once';
    case 'retryLater':
      return `resizes again after ${ruling.afterMinutes} minutes`;
    case 'stepDown':
      return 'steps down';
    case 'giveUp':
      return `gives up: ${CAUSE[ruling.cause]}`;
  }
}

const doesText = ({ ruling }: ResizeErrorRow): string =>
  ruling.decision === 'diagnose'
    ? `looks up the image; when all is there: ${rulingText(ruling.imageIsThere)}`
    : rulingText(ruling);

const line = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const errorLine = (row: ResizeErrorRow): string =>
  line(codeText(row.code), reasonText(row), row.meaning, doesText(row), row.remedy, row.source);

/** The page as Markdown. */
export function resizeErrorsPage(rows: readonly ResizeErrorRow[] = RESIZE_ERRORS): string {
  const also = [...VAGUE_CODES.slice(1).map(codeText), ANY_CODE].join(' and under ');
  const head = [
    line('code', 'reason', 'what it means', 'what the app does', 'what to do', 'source'),
    line(...Array.from({ length: 6 }, () => '---')),
  ];
  return [INTRODUCTION, `${REASONS_NOTE}\n${also}.`, [...head, ...rows.map(errorLine)].join('\n')].join('\n\n') + '\n';
}
