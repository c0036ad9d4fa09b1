/** The table of contents: every function of the app is registered by one of these files. */
import './activities';
import './auditPools';
import './historyDue';
import './imageBuildRequested';
import './orchestrations';
import './resourceChanged';
import './startup';
