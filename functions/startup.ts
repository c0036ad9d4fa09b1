/** Checks the settings when the app starts, so that a wrong one shows at once and not at the first message. */
import { app } from '@azure/functions';
import { appSettings } from './appSettings';

app.hook.appStart(() => {
  appSettings();
});
