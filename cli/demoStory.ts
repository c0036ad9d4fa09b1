/** What the demo says: its opening, the lineage of what was built, its closing. */
import type { ReceivedEvent } from './receiveEvent';
import { durationText } from './demoView';

const lastName = (id: string): string => id.split('/').at(-1) ?? id;

function lineageText(event: ReceivedEvent): readonly string[] {
  const { data } = event;
  if (data.outcome !== 'BuildSucceeded' || !('buildId' in data)) return [JSON.stringify(data, null, 2)];
  const { lineage, letGo } = data;
  const disks = [
    { name: 'OS disk', ...lineage.os },
    ...lineage.data.map((disk) => ({ name: `data disk, LUN ${disk.lun}`, ...disk })),
  ];
  const image = lineage.managedImageId ?? 'none';
  const gone = letGo.includes(image) ? ' (let go: the version stands by itself)' : '';
  return [
    'What the pool stands on:',
    `  pool            ${lastName(lineage.poolId)}`,
    `  image version   ${lastName(lineage.imageDefinitionId ?? '')} ${lineage.version}`,
    `  managed image   ${lastName(image)}${gone}`,
    ...disks.map(
      ({ name, snapshotId = '', diskId = '' }) =>
        `  snapshot        ${lastName(snapshotId)} (${name} ${lastName(diskId)})`,
    ),
    `  VM              ${lastName(lineage.source)}`,
  ];
}

/** What is told above, or is too long to be read here. */
function abridged(key: string, value: unknown): unknown {
  if (key === 'lineage') return '(as above)';
  return key === 'over' && Array.isArray(value) ? `(${value.length} points)` : value;
}

/** The event as a consumer gets it, abridged. */
function eventText(event: ReceivedEvent): readonly string[] {
  const shown = { ...event, correlationId: undefined };
  const text = JSON.stringify(shown, abridged, 2);
  return text.split('\n').map((line) => `  ${line}`);
}

export const demoStory = {
  opening: (request: string, speed: number): string =>
    [
      '',
      'Batch Image Pools: a VM becomes a Batch pool, and is guarded, on an Azure that runs on this machine.',
      `Azure's clock runs ${speed} times as fast as yours; the times below are Azure's.`,
      '',
      `Sending ${request} to queue image-build-requests.`,
      '',
    ].join('\n'),

  result: (event: ReceivedEvent, armCalls: number): string => {
    const { data } = event;
    const span = 'startedAt' in data ? Date.parse(data.endedAt) - Date.parse(data.startedAt) : 0;
    return [
      '',
      ...lineageText(event),
      '',
      `Result event (correlation id ${event.correlationId}):`,
      ...eventText(event),
      '',
      `${durationText(span)} of Azure time, ${armCalls} calls to Azure; nothing ran while Azure worked.`,
    ].join('\n');
  },

  closing: (): string => '\nEverything is as it should be. Next: npm start, then npm run send -- examples/…\n',
};
