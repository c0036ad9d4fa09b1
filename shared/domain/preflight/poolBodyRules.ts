/** Rules on the body of a pool: what contradicts itself or the image in it. What Azure retired is in retiredRules.ts. */
import { dataLunsOf, vmSizeOf } from '../facts';
import { MAX_LUN, MAX_TASK_SLOTS, TASK_SLOTS_PER_CORE } from '../limits';
import { inRequest, isWholeFrom, objectAt, objectsAt, shown, valueAt } from '../poolBody';
import { retiredRules } from './retiredRules';
import type { Case, Remark, Rule } from './rule';

const DATA_DISKS = 'deploymentConfiguration.virtualMachineConfiguration.dataDisks';
const EPHEMERAL = 'deploymentConfiguration.virtualMachineConfiguration.osDisk.ephemeralOSDiskSettings';
const TASK_SLOTS = 'taskSlotsPerNode';

function spotNodes({ request }: Case): readonly Remark[] {
  const spot = request.pool.properties.scaleSettings?.fixedScale?.targetLowPriorityNodes ?? 0;
  if (spot === 0) return [];
  const message = `The pool's targetLowPriorityNodes is ${spot}: since March 2026 Azure makes Spot nodes of them, which it can take away at any time.`;
  return [{ subject: inRequest('scaleSettings.fixedScale.targetLowPriorityNodes'), message }];
}

function ephemeralSpot({ request }: Case): readonly Remark[] {
  const { properties } = request.pool;
  const spot = properties.scaleSettings?.fixedScale?.targetLowPriorityNodes ?? 0;
  if (spot === 0 || !objectAt(properties, EPHEMERAL)) return [];
  const message = `The pool's nodes are to have ephemeral OS disks, but ${spot} of them are Spot nodes, which cannot.`;
  return [{ subject: inRequest(EPHEMERAL), message }];
}

function bothScales({ request }: Case): readonly Remark[] {
  const { properties } = request.pool;
  if (!objectAt(properties, 'scaleSettings.fixedScale') || !objectAt(properties, 'scaleSettings.autoScale')) return [];
  return [{ subject: inRequest('scaleSettings'), message: 'The pool has both fixedScale and autoScale.' }];
}

function wrongLuns({ request, facts }: Case): readonly Remark[] {
  const luns = objectsAt(request.pool.properties, DATA_DISKS).map(({ lun }) => lun);
  const ofImage = dataLunsOf(facts).map((lun): unknown => lun);
  const messages = luns.flatMap((lun, index) => {
    const disk = `Data disk ${index + 1} of the pool has LUN ${shown(lun)}`;
    if (!isWholeFrom(lun, 0, MAX_LUN)) return [`${disk}, which is not a whole number from 0 to ${MAX_LUN}.`];
    return [
      ...(luns.indexOf(lun) === index ? [] : [`${disk}, as data disk ${luns.indexOf(lun) + 1} has.`]),
      ...(ofImage.includes(lun) ? [`${disk}, as a data disk of the image has.`] : []),
    ];
  });
  return messages.map((message) => ({ subject: inRequest(DATA_DISKS), message }));
}

function wrongTaskSlots({ request, facts }: Case): readonly Remark[] {
  const { properties } = request.pool;
  const slots = valueAt(properties, TASK_SLOTS);
  const cores = vmSizeOf(facts, properties.vmSize)?.cores;
  const most = Math.min(MAX_TASK_SLOTS, cores === undefined ? Infinity : TASK_SLOTS_PER_CORE * cores);
  if (slots === undefined || isWholeFrom(slots, 1, most)) return [];
  const because = most < MAX_TASK_SLOTS ? ` (${TASK_SLOTS_PER_CORE} for each core of ${properties.vmSize})` : '';
  const message = `The pool's taskSlotsPerNode is ${shown(slots)}, but must be from 1 to ${most}${because}.`;
  return [{ subject: inRequest(TASK_SLOTS), message }];
}

export const poolBodyRules: readonly Rule[] = [
  ...retiredRules,
  {
    code: 'LowPriorityIsSpot',
    severity: 'note',
    source: 'Azure/Batch#196; batch/batch-spot-vms',
    why: 'Low-priority nodes are Spot nodes since March 2026: without a guarantee, and under other prices and quotas.',
    how: '`scaleSettings.fixedScale.targetLowPriorityNodes` is more than 0',
    needs: [],
    remedy: 'Nothing, when the tasks can bear to be interrupted; else use targetDedicatedNodes.',
    check: spotNodes,
  },
  {
    code: 'EphemeralOsWithSpot',
    severity: 'refuse',
    source: 'batch/batch-spot-vms, "Limitations"',
    why: 'Azure stops Spot nodes that it takes back, and a node with an ephemeral OS disk cannot be stopped.',
    how: '`osDisk.ephemeralOSDiskSettings` of the pool together with `targetLowPriorityNodes` of more than 0',
    needs: [],
    remedy: 'Leave out ephemeralOSDiskSettings, or use dedicated nodes only.',
    check: ephemeralSpot,
  },
  {
    code: 'ScaleSettingsBoth',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, scaleSettings',
    why: 'A pool has a fixed size or a formula, not both.',
    how: '`scaleSettings` does not have both `fixedScale` and `autoScale`',
    needs: [],
    remedy: 'Leave out fixedScale or autoScale.',
    check: bothScales,
  },
  {
    code: 'PoolDataDiskLun',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, dataDisks.lun',
    why: 'Each data disk of a node has a LUN of its own, and the data disks of the image keep theirs.',
    how: "each `lun` of the pool's `dataDisks` against its range, the others and the LUNs of the source's data disks",
    needs: ['machine', 'disks'],
    remedy: 'Give each data disk of the pool a LUN that no other disk has.',
    check: wrongLuns,
  },
  {
    code: 'TaskSlotsOutOfRange',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, taskSlotsPerNode',
    why: 'Batch limits the tasks that run at once on a node by its cores.',
    how: "`taskSlotsPerNode` from 1 to 256 and to four times the VM size's cores",
    needs: ['vmSizes'],
    remedy: 'Lower taskSlotsPerNode, or use a VM size with more cores.',
    check: wrongTaskSlots,
  },
];
