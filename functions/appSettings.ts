/** The settings of this process, read once. */
import { readSettings, type Settings } from '../shared/settings';

let settings: Settings | undefined;

export const appSettings = (): Settings => (settings ??= readSettings(process.env));
