import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings } from '../../../local/host/settings';

const folder = mkdtempSync(join(tmpdir(), 'functions-host-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  const settings = new Settings({
    QUEUE: 'builds',
    AzureWebJobsBUS: 'by prefix',
    BOTH: 'own',
    AzureWebJobsBOTH: 'other',
  });

  it('come from the environment, over those of local.settings.json', () => {
    const Values = { GREETING: 'from the file', OVERRIDDEN: 'from the file' };
    writeFileSync(join(folder, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));
    const read = Settings.read(folder, { OVERRIDDEN: 'from the environment' });
    expect(read.values).toEqual({ GREETING: 'from the file', OVERRIDDEN: 'from the environment' });
  });

  it('replace every placeholder of a text', () => {
    expect(settings.resolve('%QUEUE%-%QUEUE%')).toBe('builds-builds');
    expect(() => settings.resolve('a-%NOBODY%')).toThrow("'%NOBODY%' does not resolve to a value");
  });

  it.each([
    { name: 'BUS', value: 'by prefix' },
    { name: 'BOTH', value: 'own' },
  ])('name the connection $name', ({ name, value }) => {
    expect(settings.connection(name)).toBe(value);
  });
});
