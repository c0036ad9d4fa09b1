/** `npm run bench`: runs the benches that are named, or all; prints their tables; a full run writes them down, too. */
import { parseArgs } from 'node:util';
import { auditBench } from './audit';
import { buildBench } from './build';
import { coldStartBench } from './coldstart/coldStart';
import { eventsBench } from './events';
import { intakeBench } from './intake';
import { machineText } from './machine';
import { replayBench } from './replay';
import { findingsText, type Bench } from './table';
import { waitingBench } from './waiting';
import { writeFindings } from './writing';

const BENCHES: readonly Bench[] = [
  buildBench,
  waitingBench,
  auditBench,
  eventsBench,
  intakeBench,
  coldStartBench,
  replayBench,
];

const QUICK = { quick: true, rounds: 1 };
const FULL = { quick: false, rounds: 3 };

function chosen(names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no bench ${unknown.join(', ')}; there are ${BENCHES.map(({ name }) => name).join(', ')}.`,
    );
  }
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const options = { quick: { type: 'boolean' as const, default: false } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  console.log(machineText());
  for (const bench of chosen(positionals)) {
    console.log(`\n## ${bench.title}\n\n${bench.method}\n`);
    const startedMs = performance.now();
    const findings = await bench.run(values.quick ? QUICK : FULL);
    console.log(findingsText(findings));
    console.log(`\nTook ${Math.round((performance.now() - startedMs) / 1_000)} s.`);
    // A quick run tells nothing that one should keep.
    if (!values.quick) await writeFindings(bench, findings);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
