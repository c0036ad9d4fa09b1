/** The control door: faults, deletions and what undoes them, and what the world is like, from outside, over HTTP on loopback, only when it was asked for. */
import { z } from 'zod';
import { ArmError } from './armError';
import type { Quietness } from './behindTheBack';
import { faultRule } from './faultRules';
import type { Faults } from './faults';
import { grant, type GrantInput } from './grants';
import type { ManagedImagePools } from './kind';
import type { Reply } from './replies';

const target = z.strictObject({ id: z.string(), silently: z.boolean().default(false) });

const graphLag = z.strictObject({ lagMs: z.number().min(0) });

const managedImagePools = z.strictObject({ answer: z.enum(['refused', 'taken']) });

export const CONTROL_PATH = '/_control/';

/** What the door opens to. */
export interface Behind {
  readonly faults: Faults;
  readonly calls: readonly unknown[];
  setGrants(grants: readonly GrantInput[]): void;
  setGraphLag(lagMs: number): void;
  setManagedImagePools(answer: ManagedImagePools): void;
  deleteBehindTheBack(id: string, options?: Quietness): void;
  restoreBehindTheBack(id: string, options?: Quietness): void;
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ArmError(400, 'InvalidControlRequest', z.prettifyError(result.error));
}

type Handler = (body: unknown, behind: Behind) => Reply;

/** Rules may be sent one by one or as a list. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'POST /_control/faults': (body, { faults }) => {
    for (const rule of parsed(z.array(faultRule), Array.isArray(body) ? body : [body])) faults.add(rule);
    return { status: 204 };
  },
  'DELETE /_control/faults': (_, { faults }) => {
    faults.clear();
    return { status: 204 };
  },
  /** The list replaces the one in force. */
  'POST /_control/grants': (body, behind) => {
    behind.setGrants(parsed(z.array(grant), body));
    return { status: 204 };
  },
  'POST /_control/graph-lag': (body, behind) => {
    behind.setGraphLag(parsed(graphLag, body).lagMs);
    return { status: 204 };
  },
  'POST /_control/managed-image-pools': (body, behind) => {
    behind.setManagedImagePools(parsed(managedImagePools, body).answer);
    return { status: 204 };
  },
  'POST /_control/delete': (body, behind) => {
    const { id, ...options } = parsed(target, body);
    behind.deleteBehindTheBack(id, options);
    return { status: 204 };
  },
  'POST /_control/restore': (body, behind) => {
    const { id, ...options } = parsed(target, body);
    behind.restoreBehindTheBack(id, options);
    return { status: 204 };
  },
  'GET /_control/calls': (_, { calls }) => ({ status: 200, body: calls }),
};

export function throughTheDoor(method: string, path: string, body: unknown, behind: Behind | undefined): Reply {
  const handler = HANDLERS[`${method} ${path}`];
  if (handler === undefined || behind === undefined) {
    throw new ArmError(
      404,
      'NotFound',
      'There is no control door here: start the simulator with controlDoor, on a known path.',
    );
  }
  return handler(body, behind);
}
