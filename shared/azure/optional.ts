/** Fields that are there only when they have a value. */

export type Optional<K extends string, V> = Partial<Readonly<Record<K, V>>>;

/** `{ [key]: value }`, or nothing when there is no value. */
export function optional<K extends string, V>(key: K, value: V | undefined): Optional<K, V> {
  const entry: Partial<Record<K, V>> = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}
