/** ISO 8601 durations, as the Batch API writes them: days, hours, minutes and seconds. */

export const ISO_DURATION = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Minutes of a duration such as `PT1H30M`; undefined when the text is none. */
export function durationMinutes(text: string): number | undefined {
  const match = ISO_DURATION.exec(text);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part || 0));
  return days * 1440 + hours * 60 + minutes + seconds / 60;
}
