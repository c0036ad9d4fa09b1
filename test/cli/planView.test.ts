/** What a user reads of an answer: the lines, their tones, their width, and the exit code. */
import * as fc from 'fast-check';
import type { Line } from '../../cli/lines';
import { exitCodeOf, planLines } from '../../cli/planView';
import {
  builtAlready,
  planned,
  preflightRefused,
  refused,
  succeeded,
  timing,
  type BuildResult,
} from '../../shared/domain/result';
import type { GrowthReport } from '../../shared/domain/growth/growthJob';
import type { Verdict } from '../../shared/domain/verdict';
import * as given from '../given/build';

const request = given.request();
const plan = given.plan();
const WIDTH = 100;

const verdict = (code: string, changes: Partial<Verdict> = {}): Verdict => ({
  code,
  severity: 'refuse',
  state: 'broken',
  subject: 'pool.name',
  message: `${code} was broken.`,
  remedy: `Mend ${code}.`,
  source: 'somewhere',
  ...changes,
});

const VM_UNREAD = 'the app may not read the VM vm (it needs Microsoft.Compute/virtualMachines/read)';
const SIZES_UNREAD = 'the VM sizes that Batch offers could not be read (503)';
const unknown = (code: string, because: readonly string[], severity: Verdict['severity'] = 'refuse'): Verdict =>
  verdict(code, { severity, state: 'unknown', message: `Could not be checked: ${because.join('; ')}.`, because });

const withVerdicts = (...verdicts: readonly Verdict[]): BuildResult => ({
  ...planned(request, given.facts(), plan),
  verdicts,
});
const refusal = (...verdicts: readonly Verdict[]): BuildResult => preflightRefused(request, verdicts);

const shown = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('\n');
const textOf = (result: BuildResult, width = WIDTH): string => shown(planLines(result, width));
/** The lines from a heading up to the next one. */
const section = (result: BuildResult, title: string): string => {
  const lines = planLines(result, WIDTH);
  const from = lines.findIndex(({ tone, text }) => tone === 'heading' && text.startsWith(title));
  const rest = lines.slice(from + 1);
  const to = rest.findIndex(({ tone }) => tone === 'heading' || tone === 'quiet');
  return shown(rest.slice(0, to === -1 ? rest.length : to)).trimEnd();
};

const GROWN: GrowthReport = {
  poolId: given.POOL,
  reached: { dedicated: 16, spot: 0 },
  resizes: 0,
  over: [],
  findings: [],
};
const SPAN = { startedAtMs: 0, endedAtMs: 1, timings: [timing('image', 0, 1)] };

describe('the answer', () => {
  it.each<{ label: string; result: BuildResult; code: number; tone: Line['tone']; first: string }>([
    {
      label: 'to a request that can be built',
      result: withVerdicts(),
      code: 0,
      tone: 'good',
      first: '✔ The pool render-pool can be built.',
    },
    {
      label: 'with things to know',
      result: withVerdicts(
        verdict('A', { severity: 'warn' }),
        verdict('A', { severity: 'warn', subject: 'another' }),
        verdict('B', { severity: 'note' }),
        unknown('C', [SIZES_UNREAD], 'warn'),
        unknown('D', [SIZES_UNREAD], 'warn'),
      ),
      code: 0,
      tone: 'good',
      first: '✔ The pool render-pool can be built, with 2 rules not checked, 1 warning, 1 note.',
    },
    {
      label: 'that the pool stands already',
      result: builtAlready(request, `${given.DEFINITION}/versions/2025.101.1`),
      code: 0,
      tone: 'good',
      first: '✔ The pool render-pool stands already, made by this request, on',
    },
    {
      label: 'that repeats how it was built',
      result: succeeded(request, plan, GROWN, { ...SPAN, replicas: [], closed: undefined }),
      code: 0,
      tone: 'good',
      first: '✔ The pool render-pool stands already, made by this request, on',
    },
    {
      label: 'to a request that breaks a rule',
      result: refusal(verdict('PoolExists'), unknown('UnmanagedDisk', [VM_UNREAD])),
      code: 1,
      tone: 'refuse',
      first: '✖ Nothing was made: the request breaks a rule (PoolExists), and a rule could not be checked.',
    },
    {
      label: 'that could not be told',
      result: refusal(unknown('UnmanagedDisk', [VM_UNREAD])),
      code: 2,
      tone: 'unknown',
      first: '? Nothing was made: it could not be told whether the request can be built, because a rule could not',
    },
    {
      label: 'when Azure could not be read at all',
      result: refused(request, 'SurveyFailed', 'Azure did not answer.'),
      code: 2,
      tone: 'unknown',
      first: '? Azure did not answer.',
    },
    {
      label: 'when the same is being asked for under another name',
      result: refused(request, 'BuildInProgress', 'The pool is being built.'),
      code: 2,
      tone: 'unknown',
      first: '? The pool is being built.',
    },
  ])('$label begins with it, and ends with exit code $code', ({ result, code, tone, first }) => {
    expect(planLines(result, WIDTH)[0]).toEqual({ tone, text: first });
    expect(exitCodeOf(result)).toBe(code);
  });

  it('has its parts in order, the worst first', () => {
    const result = withVerdicts(
      verdict('N', { severity: 'note' }),
      verdict('W', { severity: 'warn' }),
      unknown('U', [SIZES_UNREAD], 'warn'),
      verdict('R'),
    );
    const headings = planLines(result, WIDTH).flatMap(({ tone, text }) => (tone === 'heading' ? [text] : []));
    expect(headings.map((text) => text.replace(/\d+/g, 'n'))).toEqual([
      'Refused',
      'Could not be checked',
      'Warnings',
      'Notes',
      'A build would make',
      'And let go again when the pool stands',
      'The pool and its image',
      'Calls to Azure: n writes, about n reads',
      'Permissions that the app needs',
      'Time',
    ]);
  });

  it('never has a line that is wider than the terminal and could be broken', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,15}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 40, max: 120 }), (message, remedy, width) => {
        const result = refusal(verdict('A', { message: message.join(' '), remedy: remedy.join(' ') }));
        for (const { text } of planLines(result, width)) expect(text.length).toBeLessThanOrEqual(width);
        expect(textOf(result, width).split(/\s+/)).toEqual(expect.arrayContaining(message));
      }),
    );
  });
});

describe('the verdicts', () => {
  it('say each rule once, with all that it found and one remedy', () => {
    const result = refusal(
      verdict('ResourceMissing', { subject: 'image.galleryId', message: 'No gallery.', remedy: 'Create it.' }),
      verdict('PoolExists'),
      verdict('ResourceMissing', { subject: 'pool.batchAccountId', message: 'No account.', remedy: 'Create it.' }),
    );
    expect(section(result, 'Refused')).toBe(`  ✖ ResourceMissing
    image.galleryId: No gallery.
    pool.batchAccountId: No account.
    → Create it.
  ✖ PoolExists
    pool.name: PoolExists was broken.
    → Mend PoolExists.`);
  });

  it('say what could not be read once, in two lines, however many rules need it', () => {
    const codes = Array.from({ length: 12 }, (_, index) => `Rule${index}`);
    expect(section(refusal(...codes.map((code) => unknown(code, [VM_UNREAD]))), 'Could not')).toBe(
      `  ? The app may not read the VM vm (it needs Microsoft.Compute/virtualMachines/read)
    Refuses, because a build must know: Rule0, Rule1, Rule2, Rule3, Rule4, Rule5, Rule6, Rule7,
    Rule8, Rule9, Rule10, Rule11`,
    );
  });

  it('name a rule under each thing that it lacks, and tell what refuses from what does not', () => {
    const result = refusal(
      unknown('GenerationMismatch', [VM_UNREAD, SIZES_UNREAD]),
      unknown('NoTempDisk', [SIZES_UNREAD], 'warn'),
    );
    expect(section(result, 'Could not'))
      .toBe(`  ? The app may not read the VM vm (it needs Microsoft.Compute/virtualMachines/read)
    Refuses, because a build must know: GenerationMismatch
  ? The VM sizes that Batch offers could not be read (503)
    Refuses, because a build must know: GenerationMismatch
    Not checked: NoTempDisk`);
  });

  it('keep the remedy of a rule that is about what may not be read', () => {
    const missing = verdict('NoPermission', {
      state: 'unknown',
      message: 'The app may not read it.',
      remedy: 'Let it.',
    });
    expect(section(refusal(missing), 'Could not')).toBe(`  ? The app may not read it.
    Refuses, because a build must know: NoPermission
    → Let it.`);
  });

  it('end with where the rules are explained, and are not there when nothing was found', () => {
    expect(textOf(refusal(verdict('A')))).toMatch(/docs\/preflight\.md$/);
    expect(textOf(withVerdicts())).not.toContain('docs/preflight.md');
  });
});

describe('what a build would do', () => {
  const result = withVerdicts();

  it('names everything that it would make, and on what', () => {
    expect(section(result, 'A build would make'))
      .toBe(`  snapshots   Microsoft.Compute/snapshots/render-2026-304-18367-os
              Microsoft.Compute/snapshots/render-2026-304-18367-data0
              Microsoft.Compute/snapshots/render-2026-304-18367-data5
              Microsoft.Compute/galleries/gal_render/images/render
  image       Microsoft.Compute/images/render-2026.304.18367
  version     Microsoft.Compute/galleries/gal_render/images/render/versions/2026.304.18367
  pool        Microsoft.Batch/batchAccounts/batchrender/pools/render-pool`);
    expect(section(result, 'The pool and'))
      .toBe(`  image       Microsoft.Compute/galleries/gal_render/images/render/versions/2026.304.18367
  route       gallery: a managed image can hold generation V2, x64 and disks of this size; pools
              start faster and grow larger from the replicas of a gallery (article, point 15)
  account     BatchService: nodes run in subscriptions of Azure Batch, and their cores count against
              the account's own quota
  region      westeurope, 1 replica of the image: one for every 300 of the pool's 16 nodes (the
              least that Azure Batch advises)
  resize      given up by Azure after 30 min: as the request says
  growth      1 resize: one resize may bring the 16 nodes that are to come
  on image    1 pool with 16 dedicated and 0 Spot nodes together: no other pool that could be seen
              takes the newest version of the image definition
  node agent  batch.node.ubuntu 24.04`);
  });

  it('leaves out the resize timeout that a pool with a formula does not have', () => {
    const formula = given.request({ pool: { properties: given.formulaPool() } });
    const answer = planned(formula, given.facts(), given.plan(formula));
    expect(section(answer, 'The pool and')).not.toMatch(/resize|growth|on image/);
  });

  it('makes nothing for a pool that stands, and says so', () => {
    const grow = given.request({ pool: { existing: 'grow', properties: given.fixedScale(616) } });
    const facts = given.facts({ pool: given.there(given.existingPool()) });
    const answer = planned(grow, facts, given.plan(grow, facts));
    expect(textOf(answer)).toMatch(/^✔ The pool render-pool can be grown, with 1 note\./);
    expect(textOf(answer)).not.toContain('A build would make');
    expect(section(answer, 'The pool and')).toMatch(/\n {2}resize .+\n {2}growth {6}2 resizes: an estimate: /);
    expect(textOf(answer)).toMatch(/\nCalls to Azure: 2 writes, about \d+ reads\n {2}PATCH/);
  });

  it('counts the calls, and lists each', () => {
    expect(textOf(result)).toContain('\nCalls to Azure: 9 writes, about 44 reads\n');
    const calls = section(result, 'Calls').split('\n');
    expect(calls).toContain('  PUT         Microsoft.Compute/images/render-2026.304.18367');
    expect(calls).toContain('  GET         Microsoft.Compute/images/render-2026.304.18367, about 6 times');
  });

  it('says the permissions of scopes that need the same only once', () => {
    const right = (scopeId: string, action: string) => ({ action, scopeId, for: 'snapshots', role: 'Reader' });
    const permissions = ['/a', '/b'].flatMap((id) => [right(id, 'read'), right(id, 'write')]);
    const answer = { ...planned(request, given.facts(), plan), permissions: [...permissions, right('/c', 'read')] };
    expect(section(answer, 'Permissions')).toBe(`  at /a
  at /b
     snapshots (role Reader): read, write
  at /c
     snapshots (role Reader): read`);
  });

  it('has the minutes under each other, with their sum, and says what they are worth', () => {
    expect(section(result, 'Time')).toBe(`  snapshots      3 min, given up after 120 min
  image          2 min, given up after 60 min
  version       20 min, given up after 360 min
  pool         0.5 min, given up after 90 min
  growth       5.5 min, given up after 1440 min
  latest       0.5 min, given up after 60 min
  in all        32 min`);
    expect(textOf(result)).toContain('nobody measured them');
  });
});
