/** The whole stack around the app for one measurement, in a folder of its own that goes afterwards. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, type StackOptions } from '../local/stack';
import { Executions } from './executions';

export const PROJECT = join(__dirname, '..', '..');
export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

export const readJson = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(join(PROJECT, file), 'utf8'));

export const WITHOUT_TIMER = {
  'AzureWebJobs.auditDue.Disabled': 'true',
  'AzureWebJobs.historyDue.Disabled': 'true',
};
/** A bench of builds is done without the guard: its calls and executions are not what is counted. */
export const WITHOUT_GUARD = { ...WITHOUT_TIMER, 'AzureWebJobs.resourceChanged.Disabled': 'true' };

type SceneOptions = Omit<StackOptions, 'appFolder' | 'stateFolder' | 'onLog'>;

export interface Scene {
  readonly stack: Stack;
  readonly executions: Executions;
  /** Where the host keeps its durable state. */
  readonly durableFolder: string;
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'batch-image-pools-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the stack, measures, stops, whatever comes of it. */
export async function onStage<T>(options: SceneOptions, measure: (scene: Scene) => Promise<T>): Promise<T> {
  return inFolder(async (stateFolder) => {
    const executions = new Executions();
    const stack = await Stack.start({
      ...options,
      appFolder: PROJECT,
      stateFolder,
      settings: { TASK_HUB: 'BenchHub', ALLOWED_SCOPES: SUBSCRIPTION, ...options.settings },
      onLog: (entry) => executions.note(entry),
    });
    try {
      return await measure({ stack, executions, durableFolder: join(stateFolder, 'host', 'durable') });
    } finally {
      await stack.stop();
    }
  });
}
