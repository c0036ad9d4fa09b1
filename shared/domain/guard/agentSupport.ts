/** Until when Batch supports each node agent, from its list of supported images. */
import type { SupportedImage } from '../account';

export interface AgentSupport {
  readonly skuId: string;
  /** ISO 8601: when the last image of the agent loses its support; undefined when one of them has no such day. */
  readonly endsOn?: string;
}

const isDay = (day: string | undefined): day is string => day !== undefined && !Number.isNaN(Date.parse(day));

/** One entry for each node agent; Batch does not regard the case of letters. */
export function agentSupport(images: readonly SupportedImage[]): readonly AgentSupport[] {
  const byAgent = Map.groupBy(images, ({ nodeAgentSkuId }) => nodeAgentSkuId.toLowerCase());
  return [...byAgent].map(([key, own]) => {
    const days = own.map(({ supportEndsOn }) => supportEndsOn).filter(isDay);
    const [last] = days.toSorted((one, other) => Date.parse(other) - Date.parse(one));
    const skuId = own[0]?.nodeAgentSkuId ?? key;
    return { skuId, ...(last === undefined || days.length < own.length ? {} : { endsOn: last }) };
  });
}
