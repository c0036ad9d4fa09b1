/** Rules on fields of the pool's body that no version of the API is known to have: misspelt ones, as a rule. */
import { inRequest, objectAt } from '../poolBody';
import type { JsonObject } from '../request';
import type { Case, Remark, Rule } from './rule';

const MACHINE = 'deploymentConfiguration.virtualMachineConfiguration';

/**
 * Fields of every API version from 2023-11-01 to 2025-06-01, read-only ones included, as bodies are copied from answers
 * (rest/api/batchmanagement/pool/create). What stands deeper, or in other parts, is Azure's to check.
 */
const FIELDS: Readonly<Record<string, string>> = {
  '': `displayName vmSize deploymentConfiguration scaleSettings interNodeCommunication networkConfiguration
    taskSlotsPerNode taskSchedulingPolicy userAccounts metadata startTask certificates applicationPackages
    applicationLicenses mountConfiguration targetNodeCommunicationMode upgradePolicy resourceTags lastModified
    creationTime provisioningState provisioningStateTransitionTime allocationState allocationStateTransitionTime
    currentDedicatedNodes currentLowPriorityNodes autoScaleRun resizeOperationStatus currentNodeCommunicationMode`,
  deploymentConfiguration: 'virtualMachineConfiguration cloudServiceConfiguration',
  [MACHINE]: `imageReference nodeAgentSkuId windowsConfiguration dataDisks licenseType containerConfiguration
    diskEncryptionConfiguration nodePlacementConfiguration extensions osDisk securityProfile serviceArtifactReference`,
  scaleSettings: 'fixedScale autoScale',
  'scaleSettings.fixedScale': 'resizeTimeout targetDedicatedNodes targetLowPriorityNodes nodeDeallocationOption',
  'scaleSettings.autoScale': 'formula evaluationInterval',
  networkConfiguration: `subnetId dynamicVnetAssignmentScope endpointConfiguration publicIPAddressConfiguration
    enableAcceleratedNetworking`,
  startTask: `commandLine resourceFiles environmentSettings userIdentity maxTaskRetryCount waitForSuccess
    containerSettings`,
};

function unknownIn(body: JsonObject, path: string, fields: string): readonly string[] {
  const known = new Set(fields.toLowerCase().split(/\s+/));
  const part = path === '' ? body : objectAt(body, path);
  return Object.keys(part ?? {})
    .filter((field) => !known.has(field.toLowerCase()))
    .map((field) => (path === '' ? field : `${path}.${field}`));
}

const unknownFields = ({ request }: Case): readonly Remark[] =>
  Object.entries(FIELDS)
    .flatMap(([path, fields]) => unknownIn(request.pool.properties, path, fields))
    .map((path) => ({
      subject: inRequest(path),
      message: `The app knows no field ${path} of a pool. It is sent as it is; if Azure does not know it either, the build fails at its last step.`,
    }));

export const poolFieldRules: readonly Rule[] = [
  {
    code: 'PoolFieldUnknown',
    severity: 'warn',
    source: 'rest/api/batchmanagement/pool/create',
    why: 'Azure refuses a pool with a field that it does not know, and gets the pool last, when everything else is made.',
    how: 'fields of `pool.properties` and of its main parts against those of the API versions 2023-11-01 to 2025-06-01, without regard to case',
    needs: [],
    remedy: 'Correct the spelling or leave the field out; leave it as it is when BATCH_API_VERSION is one that has it.',
    check: unknownFields,
  },
];
