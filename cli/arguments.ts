/** The command line of a command that takes a file and options. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorText } from '../shared/domain/outcome';

/** Undefined when it cannot be understood; why, stands on stderr then. */
export function parsedArguments<O extends NonNullable<ParseArgsConfig['options']>>(options: O) {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    console.error(errorText(error));
    return undefined;
  }
}
