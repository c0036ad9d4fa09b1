/** A message's body as JSON, whatever its sender made of it. */

/** Service Bus clients send objects, text or bytes, with or without a content type. Undefined for anything else. */
export function jsonOf(body: unknown): { readonly json: unknown } | undefined {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
  if (typeof text !== 'string') return { json: text };
  try {
    return { json: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch {
    return undefined;
  }
}
