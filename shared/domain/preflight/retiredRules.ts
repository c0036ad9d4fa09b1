/** Rules on what Azure has retired in the body of a pool. */
import { inRequest, listAt, objectAt, objectsAt, saysAt, valueAt } from '../poolBody';
import type { JsonObject } from '../request';
import type { Case, Remark, Rule } from './rule';

const COMMUNICATION = 'targetNodeCommunicationMode';
const CLOUD_SERVICE = 'deploymentConfiguration.cloudServiceConfiguration';
const DATA_DISKS = 'deploymentConfiguration.virtualMachineConfiguration.dataDisks';

/** Azure lists the older ones for retirement (Azure/Batch#140, 2026-05-15; when they end is not confirmed). */
const OLDEST_LASTING_API_VERSION = '2025-06-01';

interface Dropped {
  readonly path: string;
  readonly given: (body: JsonObject) => boolean;
  readonly instead: string;
}

/** Fields that API version 2025-06-01 dropped (Azure/azure-rest-api-specs, specification/batch/resource-manager, models.tsp). */
const DROPPED: readonly Dropped[] = [
  {
    path: COMMUNICATION,
    given: (body) => valueAt(body, COMMUNICATION) !== undefined && !saysAt(body, COMMUNICATION, 'Classic'),
    instead: 'every pool communicates in the simplified way now',
  },
  {
    path: 'resourceTags',
    given: (body) => valueAt(body, 'resourceTags') !== undefined,
    instead: 'nothing replaces it',
  },
  {
    path: 'applicationLicenses',
    given: (body) => valueAt(body, 'applicationLicenses') !== undefined,
    instead: 'nothing replaces it',
  },
  {
    path: `${DATA_DISKS}.storageAccountType`,
    given: (body) => objectsAt(body, DATA_DISKS).some((disk) => valueAt(disk, 'storageAccountType') !== undefined),
    instead: 'it is managedDisk.storageAccountType now',
  },
];

function classicCommunication({ request }: Case): readonly Remark[] {
  if (!saysAt(request.pool.properties, COMMUNICATION, 'Classic')) return [];
  const message = 'The pool asks for Classic node communication, which Azure Batch retired on 31 March 2026.';
  return [{ subject: inRequest(COMMUNICATION), message }];
}

function certificates({ request }: Case): readonly Remark[] {
  if (listAt(request.pool.properties, 'certificates').length === 0) return [];
  const message = 'The pool asks for certificates of the Batch account, which Azure Batch retired on 29 February 2024.';
  return [{ subject: inRequest('certificates'), message }];
}

function cloudService({ request }: Case): readonly Remark[] {
  if (!objectAt(request.pool.properties, CLOUD_SERVICE)) return [];
  const message =
    'The pool asks for nodes of Cloud Services, which Azure Batch retired on 29 February 2024 and which run on no image of a VM.';
  return [{ subject: inRequest(CLOUD_SERVICE), message }];
}

function droppedFields({ request, facts }: Case): readonly Remark[] {
  if (facts.policy.batchApiVersion < OLDEST_LASTING_API_VERSION) return [];
  return DROPPED.filter(({ given }) => given(request.pool.properties)).map(({ path, instead }) => ({
    subject: inRequest(path),
    message: `API version ${facts.policy.batchApiVersion} of Azure Batch does not know ${path}: ${instead}.`,
  }));
}

function oldApiVersion({ facts }: Case): readonly Remark[] {
  if (facts.policy.batchApiVersion >= OLDEST_LASTING_API_VERSION) return [];
  const message = `Pools are sent with API version ${facts.policy.batchApiVersion} of Azure Batch, which Azure has listed for retirement.`;
  return [{ subject: 'BATCH_API_VERSION', message }];
}

export const retiredRules: readonly Rule[] = [
  {
    code: 'ClassicCommunication',
    severity: 'refuse',
    source: 'batch/batch-pools-to-simplified-compute-node-communication-model-migration-guide',
    why: 'Azure Batch no longer honours the classic way in which nodes were reached.',
    how: '`targetNodeCommunicationMode` is not `Classic`',
    needs: [],
    remedy: 'Leave out targetNodeCommunicationMode, and let the network allow what simplified communication needs.',
    check: classicCommunication,
  },
  {
    code: 'CertificatesRetired',
    severity: 'refuse',
    source: 'batch/batch-certificate-migration-guide',
    why: 'Batch installs no certificates on nodes any more.',
    how: '`certificates` is not there, or empty',
    needs: [],
    remedy: 'Let the Key Vault VM extension bring the certificates to the nodes.',
    check: certificates,
  },
  {
    code: 'CloudServicesRetired',
    severity: 'refuse',
    source: 'batch/batch-pool-cloud-service-to-virtual-machine-configuration',
    why: 'Pools of Cloud Services are gone, and never ran on custom images.',
    how: '`deploymentConfiguration` has no `cloudServiceConfiguration`',
    needs: [],
    remedy: 'Leave out cloudServiceConfiguration: virtualMachineConfiguration says all.',
    check: cloudService,
  },
  {
    code: 'PoolFieldDropped',
    severity: 'warn',
    source: 'Azure/azure-rest-api-specs, specification/batch/resource-manager, 2025-06-01',
    why: 'What an API version does not know, it refuses or ignores; which of both is not documented.',
    how: '`targetNodeCommunicationMode`, `resourceTags`, `applicationLicenses` and `dataDisks[].storageAccountType`, when BATCH_API_VERSION is 2025-06-01 or later',
    needs: [],
    remedy: 'Remove the field, and use what replaces it.',
    check: droppedFields,
  },
  {
    code: 'OldBatchApiVersion',
    severity: 'warn',
    source: 'Azure/Batch#140 (notice of 15 May 2026; the date of the end is not confirmed)',
    why: 'Requests with an API version fail once Azure has retired it.',
    how: 'setting BATCH_API_VERSION is 2025-06-01 or later',
    needs: [],
    remedy: 'Set BATCH_API_VERSION to 2025-06-01 or later.',
    check: oldApiVersion,
  },
];
