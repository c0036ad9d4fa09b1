/** The form of what the log tells in fields: ` name=value` for each, so that a query takes them out of any line. */

export type LogField = string | number | undefined;

/** A value ends at the next blank: none has one within itself. */
const fieldText = (value: string | number): string => String(value).replace(/\s+/g, '_') || '-';

/** In the order given; what is undefined is left out. */
export const logFields = (fields: Readonly<Record<string, LogField>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${fieldText(value)}`]))
    .join(' ');

/** The last two names of an ARM id, such as `pools/render`; anything else as it is. */
export const shortId = (id: string): string => id.split('/').slice(-2).join('/');
