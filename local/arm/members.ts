/** The nodes of a pool one by one: which there are at an instant, since when, and what is wrong with them. */
import { growthMs, nodesAt, resizeAt, type Member, type NodeFault, type Nodes, type Resize } from './resize';

/** A node of the world has been there for a while. */
const LONG_MS = 24 * 60 * 60_000;

function faultOf(resize: Resize, index: number): NodeFault | undefined {
  let before = 0;
  for (const { count, fault } of resize.bad ?? []) {
    before += count;
    if (index < before) return fault;
  }
  return undefined;
}

/** The node that a resize brings after `index` others of its kind. */
function newcomer(resize: Resize, kind: keyof Nodes, index: number): Member {
  const { startedMs, endsMs, from, to, growth } = resize;
  const dedicatedFirst = kind === 'dedicated' ? 0 : Math.max(0, to.dedicated - from.dedicated);
  const fault = faultOf(resize, dedicatedFirst + index);
  return {
    kind,
    serial: `${startedMs}/${kind}/${index}`,
    allocatedMs: Math.min(startedMs + growthMs(growth, index + 1), endsMs),
    ...(fault === undefined ? {} : { fault }),
  };
}

function veterans({ roster, from, startedMs }: Resize, kind: keyof Nodes): Member[] {
  const known = roster.filter((member) => member.kind === kind);
  const old = (_: unknown, index: number): Member =>
    known[index] ?? { kind, serial: `world/${kind}/${index}`, allocatedMs: startedMs - LONG_MS };
  return Array.from({ length: from[kind] }, old);
}

function ofKind(resize: Resize, kind: keyof Nodes, nowMs: number): Member[] {
  const count = nodesAt(resize, nowMs)[kind];
  const old = veterans(resize, kind);
  const isShrinking = nowMs < resize.endsMs && resize.to[kind] < resize.from[kind];
  // UNCONFIRMED which nodes leave: here the newest ones.
  const staying = isShrinking ? resize.to[kind] : count;
  const more = Math.max(0, count - old.length);
  return [
    ...old.slice(0, staying),
    ...old.slice(staying, count).map((member) => ({ ...member, isLeaving: true })),
    ...Array.from({ length: more }, (_, index) => newcomer(resize, kind, index)),
  ];
}

export function membersAt(resize: Resize, nowMs: number): Member[] {
  const shown = resizeAt(resize, nowMs);
  return [...ofKind(shown, 'dedicated', nowMs), ...ofKind(shown, 'lowPriority', nowMs)];
}
