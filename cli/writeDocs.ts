/** `npm run docs`: writes the pages of docs/ that come from the code. */
import { generatedPages } from './generatedPages';
import { writeFiles } from './writeFiles';

void writeFiles(generatedPages());
