/** Microsoft.Compute/images: managed images made from snapshots, disks, VHD blobs or a generalized machine. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ArmError } from './armError';
import { minutesToMs } from './durations';
import { imageBody } from './imageBody';
import { capturedImage } from './imageSources';
import type { ResourceKind, WritePlan, WriteRequest } from './kind';
import { objectAt, readBody, tags } from './schema';

function put(request: WriteRequest): WritePlan {
  const input = readBody(imageBody, request.input, 'compute');
  const { site, existing } = request;
  if (existing !== undefined) {
    if (!isDeepStrictEqual(objectAt(existing.input, 'properties'), input.properties)) {
      const message = "Changing property 'storageProfile' is not allowed.";
      throw new ArmError(409, 'PropertyChangeNotAllowed', message, { target: 'storageProfile' });
    }
    const durationMs = request.slowed(minutesToMs(site.durations.updateMinutes));
    return { input, properties: existing.properties, durationMs };
  }
  return {
    input,
    properties: { ...capturedImage(input, site) },
    durationMs: request.slowed(minutesToMs(site.durations.imageMinutes)),
  };
}

export const images: ResourceKind = {
  type: 'Microsoft.Compute/images',
  apiVersions: ['2026-04-01', '2026-03-01', '2025-04-01', '2024-11-01', '2024-07-01'],
  dialect: 'compute',
  body: imageBody,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
  operations: 'operations',
  upperCasesResourceGroup: true,
  name: /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/,
  put,
  patch: z.strictObject({ tags: tags.optional() }),
  remove: (_, site) => ({ durationMs: minutesToMs(site.durations.deleteMinutes) }),
};
