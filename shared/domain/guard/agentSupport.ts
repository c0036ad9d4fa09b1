/** Until when Batch supports each node agent, from its list of supported images. */
import type { SupportedImage } from '../account';

export interface AgentSupport {
  readonly skuId: string;
  /** ISO 8601: when the last image of the agent loses its support; undefined when one of them has no such day. */
  readonly endsOn?: string;
}

/** One entry for each node agent. */
export function agentSupport(images: readonly SupportedImage[]): readonly AgentSupport[] {
  const bySku = Map.groupBy(images, ({ nodeAgentSkuId }) => nodeAgentSkuId);
  return [...bySku].map(([skuId, own]) => {
    const days = own.flatMap(({ supportEndsOn }) => (supportEndsOn === undefined ? [] : [supportEndsOn]));
    const [last] = days.toSorted((one, other) => Date.parse(other) - Date.parse(one));
    return { skuId, ...(last === undefined || days.length < own.length ? {} : { endsOn: last }) };
  });
}
