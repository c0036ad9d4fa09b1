/** What one look at a resource shows. */

export type Sighting =
  | { readonly state: 'ready' }
  | { readonly state: 'underway'; readonly progress?: string; readonly retryAfterMs?: number }
  | { readonly state: 'failed'; readonly code: string; readonly message: string }
  /** It was begun, and is not there. */
  | { readonly state: 'missing' };
