/** `npm run docs`: writes the pages of docs/, and the roles of infra/, that come from the code. */
import { generatedPages } from './generatedPages';
import { writeFiles } from './writeFiles';

void writeFiles(generatedPages());
