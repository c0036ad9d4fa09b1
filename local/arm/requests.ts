/** One ARM request, from its path to its answer. */
import { act } from './actions';
import { notSupported } from './armError';
import { authorize } from './authorization';
import type { Asked, Desk, Reply } from './replies';
import { getItem, list, read, watch } from './reads';
import { routeOf, type Route } from './route';
import { remove, write } from './writes';

type ItemRoute = Extract<Route, { to: 'item' }>;

const ITEM_METHODS: Readonly<Record<string, (route: ItemRoute, asked: Asked, desk: Desk) => Reply>> = {
  GET: getItem,
  PUT: write,
  PATCH: write,
  DELETE: remove,
};

export function carryOut(asked: Asked, desk: Desk): Reply {
  const route = routeOf(asked.method, asked.url.pathname);
  // Resource Graph refuses nobody: it leaves out what the caller may not read.
  if (route.to === 'graph') return desk.graph.answer(asked, desk);
  authorize(route, asked, desk);
  switch (route.to) {
    case 'operation':
    case 'poolOperation':
      return watch(route, asked, desk);
    case 'reading':
      return read(route, asked, desk);
    case 'list':
      return list(route, asked, desk);
    case 'action':
      return act(route, asked, desk);
    case 'item':
      return item(route, asked, desk);
  }
}

function item(route: ItemRoute, asked: Asked, desk: Desk): Reply {
  const method = ITEM_METHODS[asked.method];
  if (method === undefined) throw notSupported(`${asked.method} ${asked.url.pathname}`);
  return method(route, asked, desk);
}
