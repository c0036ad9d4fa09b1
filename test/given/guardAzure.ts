/** The guard's world as its orchestrators see it: one scripted answer for each activity; tests say what goes differently. */
import { succeed } from '../../shared/domain/outcome';
import type { GUARD_ACTIVITIES } from '../../shared/orchestrators/contracts';
import type { ActivityRef } from '../../shared/orchestrators/steps';
import type { Call, Fakes } from '../shared/orchestrators/executor';
import * as given from './guard';

type Activities = typeof GUARD_ACTIVITIES;
type Answer<T> = T extends ActivityRef<infer I, infer O> ? (input: I, call: Call) => O : never;
type Answers = { readonly [K in keyof Activities]: Answer<Activities[K]> };

/** An answer that differs from the usual one, or undefined where it does not. */
export type GuardTwists = {
  readonly [K in keyof Answers]?: (...given: Parameters<Answers[K]>) => ReturnType<Answers[K]> | undefined;
};

const orUsual =
  <I, O>(twist: ((input: I, call: Call) => O | undefined) | undefined, usual: (input: I, call: Call) => O) =>
  (input: I, call: Call): O =>
    twist?.(input, call) ?? usual(input, call);

/** Unless told otherwise: one account of three pools that stand well, and no audit before. */
export const guardAzure = (twists: GuardTwists = {}): Fakes & Answers => ({
  discoverAccounts: orUsual(twists.discoverAccounts, () => succeed(given.discovery())),
  takeStock: orUsual(twists.takeStock, () => succeed({ resources: 3, unreadable: 0 })),
  auditAccountPools: orUsual(twists.auditAccountPools, ({ account }) =>
    succeed(given.accountAudit({ accountId: account.id })),
  ),
  auditWhole: orUsual(twists.auditWhole, () => succeed(given.wholeAudit())),
  fileReport: orUsual(twists.fileReport, (result) => succeed(given.auditSummary(result))),
  readLastAudit: orUsual(twists.readLastAudit, () => succeed(null)),
  requestAudit: orUsual(twists.requestAudit, () => succeed(null)),
  findDependents: orUsual(twists.findDependents, () => succeed({ known: true, accounts: [] })),
  checkPools: orUsual(twists.checkPools, () => succeed({ pools: 1, opened: 0, resolved: 0 })),
  snoozePool: orUsual(twists.snoozePool, () => succeed(null)),
  publishAudit: orUsual(twists.publishAudit, () => succeed(null)),
});
