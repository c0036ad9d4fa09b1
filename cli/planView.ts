/** The answer to a plan for people: whether a build can be made, what speaks against it, and all that it would do. */
import type { PoolImage } from '../shared/domain/layout';
import type { PlannedCall } from '../shared/domain/planAnswer';
import type { BuildPlanned, BuildResult } from '../shared/domain/result';
import { codesOf, couldNotTell, type Verdict } from '../shared/domain/verdict';
import { counted } from '../shared/domain/words';
import { blank, heading, wrapped, type Line } from './lines';
import { verdictLines } from './verdictView';

const nameOf = (id: string): string => id.split('/').at(-1) ?? id;

/** An id from its provider on: subscriptions and resource groups make lines longer than any terminal. */
const shortId = (id: string): string => id.split('/providers/').at(-1) ?? id;

/** How `npm run plan` ends: 0 when it can be built or is, 1 when it is refused, 2 when that could not be told. */
export function exitCodeOf(result: BuildResult): 0 | 1 | 2 {
  switch (result.outcome) {
    case 'BuildPlanned':
    case 'BuildSucceeded':
      return 0;
    case 'BuildRefused':
      return result.reason === 'PreflightRefused' && !couldNotTell(result.verdicts) ? 1 : 2;
    case 'BuildFailed':
      return 2;
  }
}

/** The lines of an answer, none longer than `width` where blanks allow it. */
export function planLines(result: BuildResult, width: number): readonly Line[] {
  switch (result.outcome) {
    case 'BuildPlanned':
      return plannedLines(result, width);
    case 'BuildRefused':
      return [
        ...(exitCodeOf(result) === 1
          ? wrapped('refuse', '✖ ', result.message, width)
          : wrapped('unknown', '? ', result.message, width)),
        ...verdictLines(result.verdicts, width),
      ];
    case 'BuildSucceeded':
      return wrapped('good', '✔ ', standsText(result), width);
    case 'BuildFailed':
      return wrapped('unknown', '? ', `A build failed at ${result.step}: ${result.message}`, width);
  }
}

/** What the pool's imageReference names. */
const imageText = (image: PoolImage): string => Object.values(image).join();

function standsText(result: Extract<BuildResult, { outcome: 'BuildSucceeded' }>): string {
  const image = 'alreadyBuilt' in result ? result.imageId : imageText(result.lineage.image);
  return `The pool ${nameOf(result.poolId)} stands already, made by this request, on ${shortId(image)}. A build would change nothing.`;
}

function plannedLines(plan: BuildPlanned, width: number): readonly Line[] {
  const verb = plan.creates.length === 0 ? 'grown' : 'built';
  return [
    ...wrapped('good', '✔ ', `The pool ${nameOf(plan.poolId)} can be ${verb}${findings(plan.verdicts)}.`, width),
    ...verdictLines(plan.verdicts, width),
    ...createLines(plan.creates, width),
    ...goesLines(plan.letsGo, width),
    ...heading('The pool and its image'),
    ...row('image', shortId(imageText(plan.lineage.image)), width),
    ...row('route', `${plan.route.route}: ${plan.route.reasons.join('; ')}`, width),
    ...(plan.allocation ? row('account', `${plan.allocation.mode}: ${plan.allocation.means.join('; ')}`, width) : []),
    ...plan.regions.flatMap(({ name, replicas, reason }) =>
      row('region', `${name}, ${counted(replicas, 'replica')} of the image: ${reason}`, width),
    ),
    ...(plan.resizeTimeout ? row('resize', timeoutText(plan.resizeTimeout), width) : []),
    ...(plan.growth ? growthLines(plan.growth, width) : []),
    ...(plan.nodeAgentSkuId === undefined ? [] : row('node agent', plan.nodeAgentSkuId, width)),
    ...callLines(plan.calls, width),
    ...permissionLines(plan.permissions, width),
    ...estimateLines(plan.estimate, width),
  ];
}

/** What the preflight found although it let the request pass, as the end of a sentence. */
function findings(verdicts: readonly Verdict[]): string {
  const count = (isOne: (verdict: Verdict) => boolean): number => codesOf(verdicts.filter(isOne)).length;
  const unknown = count(({ state }) => state === 'unknown');
  const warnings = count(({ state, severity }) => state === 'broken' && severity === 'warn');
  const notes = count(({ state, severity }) => state === 'broken' && severity === 'note');
  const parts = [
    ...(unknown === 0 ? [] : [`${counted(unknown, 'rule')} not checked`]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...(notes === 0 ? [] : [counted(notes, 'note')]),
  ];
  return parts.length === 0 ? '' : `, with ${parts.join(', ')}`;
}

const LABEL_WIDTH = 12;

const row = (label: string, text: string, width: number): readonly Line[] =>
  wrapped('plain', `  ${label.padEnd(LABEL_WIDTH)}`, text, width);

const timeoutText = ({ minutes, reason }: NonNullable<BuildPlanned['resizeTimeout']>): string =>
  `given up by Azure after ${minutes} min: ${reason}`;

/** Nothing is made for a pool that stands and is grown. */
const createLines = (creates: BuildPlanned['creates'], width: number): readonly Line[] =>
  creates.length === 0
    ? []
    : [
        ...heading('A build would make'),
        ...creates.flatMap(({ step, resources }) =>
          resources.flatMap(({ id }, index) => row(index === 0 ? step : '', shortId(id), width)),
        ),
      ];

const goesLines = (letsGo: BuildPlanned['letsGo'], width: number): readonly Line[] =>
  letsGo.length === 0
    ? []
    : [...heading('And let go again when the pool stands'), ...letsGo.flatMap((id) => row('', shortId(id), width))];

function growthLines(
  { expectedResizes, reason, onImage }: NonNullable<BuildPlanned['growth']>,
  width: number,
): readonly Line[] {
  const { pools, dedicated, spot } = onImage;
  const total = `${counted(pools, 'pool')} with ${dedicated} dedicated and ${spot} Spot nodes together`;
  return [
    ...row('growth', `${counted(expectedResizes, 'resize')}: ${reason}`, width),
    ...row('on image', `${total}: ${onImage.reason}`, width),
  ];
}

function callLines(calls: readonly PlannedCall[], width: number): readonly Line[] {
  const writes = calls.filter(({ method }) => method !== 'GET').length;
  const reads = calls.reduce((sum, call) => sum + (call.method === 'GET' ? call.about : 0), 0);
  return [
    ...heading(`Calls to Azure: ${counted(writes, 'write')}, about ${counted(reads, 'read')}`),
    ...calls.flatMap((call) => {
      const times = call.method === 'GET' ? `, about ${counted(call.about, 'time')}` : '';
      return row(call.method, `${shortId(call.resourceId)}${times}`, width);
    }),
  ];
}

/** Scopes that need the same, such as the disks of a VM, stand together. */
function permissionLines(permissions: BuildPlanned['permissions'], width: number): readonly Line[] {
  const rightsAt = Map.groupBy(permissions, ({ scopeId }) => scopeId);
  const alike = Map.groupBy(rightsAt, ([, rights]) => rights.map(({ action }) => action).join());
  return [
    ...heading('Permissions that the app needs'),
    ...[...alike.values()].flatMap((scopes) => [
      ...scopes.flatMap(([scopeId]) => wrapped('plain', '  at ', scopeId, width)),
      ...purposeLines(scopes[0]?.[1] ?? [], width),
    ]),
  ];
}

function purposeLines(rights: BuildPlanned['permissions'], width: number): readonly Line[] {
  const purposes = Map.groupBy(rights, ({ for: purpose, role }) => `${purpose} (role ${role})`);
  return [...purposes].flatMap(([purpose, needed]) =>
    wrapped('plain', '     ', `${purpose}: ${needed.map(({ action }) => action).join(', ')}`, width),
  );
}

function estimateLines({ steps, minutes }: BuildPlanned['estimate'], width: number): readonly Line[] {
  // Right-aligned, so that the numbers stand under each other.
  const timed = (label: string, took: number, more: string): readonly Line[] =>
    wrapped('plain', `  ${label.padEnd(LABEL_WIDTH)}${String(took).padStart(4)} `, `min${more}`, width);
  const caveat = 'The times are estimates of the right order; nobody measured them, and Azure promises none.';
  return [
    ...heading('Time'),
    ...steps.flatMap((step) => timed(step.step, step.minutes, `, given up after ${step.deadlineMinutes} min`)),
    ...timed('in all', minutes, ''),
    blank,
    ...wrapped('quiet', '', caveat, width),
  ];
}
