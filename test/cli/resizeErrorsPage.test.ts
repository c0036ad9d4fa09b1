/** docs/resize-errors.md: one line for each row, in the words of the row, and such that it is a table in GitHub's Markdown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from '../../cli/generatedPages';
import { resizeErrorsPage } from '../../cli/resizeErrorsPage';
import { MOST_RESIZES, NO_PROGRESS_MS, TOTAL_MS } from '../../shared/domain/growth/growingLimits';
import type { ResizeErrorRow } from '../../shared/domain/growth/resizeErrorRow';
import { RESIZE_ERRORS } from '../../shared/domain/growth/resizeErrorTable';

const FILE = 'docs/resize-errors.md';

it('is what the code says; if not, run `npm run docs`', () => {
  const text = readFileSync(join(__dirname, '../..', FILE), 'utf8');
  expect(generatedPages().get(FILE)).toBe(text);
});

it('states the limits of growing', () => {
  const [hours, idleHours] = [TOTAL_MS, NO_PROGRESS_MS].map((ms) => ms / 3_600_000);
  const limits = `after ${hours} hours, after ${MOST_RESIZES} resizes, and when no node has come for ${idleHours} hours`;
  expect(resizeErrorsPage().replaceAll(/\s+/g, ' ')).toContain(limits);
});

const row = (changes: Partial<ResizeErrorRow> = {}): ResizeErrorRow => ({
  code: 'NodesOnStrike',
  ruling: { decision: 'retryNow' },
  meaning: 'The nodes do not come.',
  remedy: 'Talk to them.',
  source: 'batch/strikes',
  ...changes,
});

const linesOf = (page: string): readonly string[] =>
  page
    .slice(page.indexOf('## Errors'))
    .split('\n')
    .filter((text) => text.startsWith('|'));

it.each<{ label: string; changes: Partial<ResizeErrorRow>; says: string }>([
  {
    label: 'that is tried again',
    changes: {},
    says: '| `NodesOnStrike` |  | The nodes do not come. | resizes again at once | Talk to them. | batch/strikes |',
  },
  {
    label: 'that is tried again later',
    changes: { ruling: { decision: 'retryLater', afterMinutes: 7 } },
    says: '| resizes again after 7 minutes |',
  },
  { label: 'that steps down', changes: { ruling: { decision: 'stepDown' } }, says: '| steps down |' },
  {
    label: 'that ends the growing',
    changes: { ruling: { decision: 'giveUp', cause: 'imageGone' } },
    says: '| gives up: image gone |',
  },
  {
    label: 'that is looked into',
    changes: {
      ruling: {
        decision: 'diagnose',
        imageIsThere: { decision: 'giveUp', cause: 'quota', meaning: 'So not.', remedy: 'Wait.' },
      },
    },
    says: '| looks up the image; when all is there: gives up: quota |',
  },
  {
    label: 'with reasons',
    changes: { reason: [{ provider: 'Conflict' }, { provider: 'BadRequest', says: 'on strike' }, { says: 'a | b' }] },
    says: '| provider error `Conflict`; or provider error `BadRequest` with "on strike"; or "a \\| b" |',
  },
])('shows an error $label', ({ changes, says }) => {
  expect(linesOf(resizeErrorsPage([row(changes)])).at(-1)).toContain(says);
});

it('shows the row of all other codes by words', () => {
  const { ruling, meaning, remedy, source } = row();
  expect(linesOf(resizeErrorsPage([{ ruling, meaning, remedy, source }])).at(-1)).toMatch(/^\| any other code \|/);
});

it('has every row, in six columns, the one of all other codes last', () => {
  const lines = linesOf(resizeErrorsPage());
  expect(lines).toHaveLength(RESIZE_ERRORS.length + 2);
  for (const text of lines) expect(text.match(/(?<!\\)\|/g)).toHaveLength(7);
  expect(lines.at(-1)).toContain('any other code');
});
