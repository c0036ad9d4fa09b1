/** Loads a packaged app once, as a worker of the host does, and says how long that took and what registered. */
import { FunctionsCore } from '../../local/host/worker/functionsCore';
import { loadApp } from '../../local/host/worker/appLoading';

/** Enough for the app's start to find its settings in order; nothing is called. */
const SETTINGS = {
  ALLOWED_SCOPES: '00000000-0000-4000-8000-000000000000',
  SERVICE_BUS__fullyQualifiedNamespace: 'example.servicebus.windows.net',
  AzureWebJobsStorage__accountName: 'example',
};

async function main(): Promise<void> {
  const [appFolder = ''] = process.argv.slice(2);
  Object.assign(process.env, SETTINGS);
  const core = new FunctionsCore(() => undefined);
  core.install();
  const startMs = performance.now();
  const { problems } = await loadApp(core, appFolder);
  const tookMs = Math.round(performance.now() - startMs);
  process.send?.({ tookMs, functions: core.functions.map(({ name }) => name), problems: [...problems] });
}

void main();
