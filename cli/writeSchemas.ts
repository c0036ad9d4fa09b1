/** `npm run schemas`: writes the published JSON Schemas from the schemas that the app parses with. */
import { publishedSchemas } from './publishedSchemas';
import { writeFiles } from './writeFiles';

void writeFiles(publishedSchemas());
