/** docs/preflight.md: written from the rules, up to date, and such that every code can be linked to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from '../../cli/generatedPages';
import { preflightPage } from '../../cli/preflightPage';
import { RULES } from '../../shared/domain/preflight/preflight';
import type { Rule } from '../../shared/domain/preflight/rule';

const read = (file: string): string => readFileSync(join(__dirname, '../..', file), 'utf8');

it.each([...generatedPages()])('%s is what the code says; if not, run `npm run docs`', (file, text) => {
  expect(read(file)).toBe(text);
});

const rule = (changes: Partial<Rule> = {}): Rule => ({
  code: 'VmTooOld',
  severity: 'refuse',
  source: 'batch/batch-custom-images',
  why: 'Batch takes no old VMs.',
  how: '`age` of the VM',
  remedy: 'Use a newer VM.',
  needs: [],
  check: () => [],
  ...changes,
});
const pageOf = (...rules: readonly Rule[]): string => preflightPage([{ title: 'The VM', rules }]);

it('shows a rule as a block under its code', () => {
  expect(pageOf(rule())).toContain(`## The VM

### VmTooOld

**Refuses.** Batch takes no old VMs.

- **Checked:** \`age\` of the VM.
- **What to do:** Use a newer VM.
- **Source:** batch/batch-custom-images.
`);
});

it.each<{ label: string; changes: Partial<Rule>; says: string }>([
  {
    label: 'refuses without what a build must know',
    changes: { needs: ['account'] },
    says: '- **Reads:** the Batch account. It refuses when that cannot be read.\n',
  },
  {
    label: 'warns without what it need not know',
    changes: { needs: ['vmSizes'] },
    says: '- **Reads:** the VM sizes that Batch offers. It warns when that cannot be read.\n',
  },
  {
    label: 'tells the one from the other',
    changes: { needs: ['account', 'vmSizes'] },
    says: '- **Reads:** the Batch account; the VM sizes that Batch offers. It refuses when this cannot be read: the Batch account; warns when only the rest cannot.\n',
  },
  {
    label: 'may say itself how severe that is',
    changes: { needs: ['account'], whenUnknown: 'note' },
    says: '- **Reads:** the Batch account. It notes when that cannot be read.\n',
  },
])('a rule $label', ({ changes, says }) => {
  expect(pageOf(rule(changes))).toContain(says);
});

it('leaves a section without rules out', () => {
  expect(preflightPage([{ title: 'Nothing yet', rules: [] }])).not.toContain('Nothing yet');
});

/** Anchors as GitHub makes them of headings. */
const anchorsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

it('has an anchor for every code, each once, and leads to it', () => {
  const page = preflightPage();
  const anchors = anchorsIn(page);
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const { code } of RULES) expect(anchors).toContain(code.toLowerCase());
  for (const link of links) expect(anchors).toContain(link);
  expect(links.length).toBeGreaterThanOrEqual(RULES.length);
});
