/** What the demo says: its opening, the lineage of what was built, its closing. */
import type { ReceivedEvent } from './receiveEvent';
import { durationText } from './demoView';

const lastName = (id: string): string => id.split('/').at(-1) ?? id;

function lineageText(event: ReceivedEvent): readonly string[] {
  const { data } = event;
  if (data.outcome !== 'BuildSucceeded' || !('buildId' in data)) return [JSON.stringify(data, null, 2)];
  const { lineage } = data;
  const disks = [
    { name: 'OS disk', ...lineage.os },
    ...lineage.data.map((disk) => ({ name: `data disk, LUN ${disk.lun}`, ...disk })),
  ];
  return [
    'What the pool stands on:',
    `  pool            ${lastName(lineage.poolId)}`,
    `  image version   ${lastName(lineage.imageDefinitionId)} ${lineage.version}`,
    `  managed image   ${lastName(lineage.managedImageId ?? 'none')}`,
    ...disks.map(
      ({ name, snapshotId, diskId }) => `  snapshot        ${lastName(snapshotId)} (${name} ${lastName(diskId)})`,
    ),
    `  VM              ${lastName(lineage.virtualMachineId)}`,
  ];
}

/** The event as a consumer gets it, its lineage (above) left out. */
function eventText(event: ReceivedEvent): readonly string[] {
  const shown = { ...event, correlationId: undefined };
  const text = JSON.stringify(shown, (key, value: unknown) => (key === 'lineage' ? '(as above)' : value), 2);
  return text.split('\n').map((line) => `  ${line}`);
}

export const demoStory = {
  opening: (request: string, speed: number): string =>
    [
      '',
      'Batch Image Pools: a VM becomes a Batch pool, on an Azure that runs on this machine.',
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
