/** Correlation ids: GUIDs that a request has always, and another one has not. */
import * as fc from 'fast-check';
import { logFields, shortId } from '../../../shared/domain/logFields';
import { correlationIdOf, requestCorrelationId } from '../../../shared/domain/trace';
import * as given from '../../given/build';

/** RFC 9562, 5.8. */
const UUID_VERSION_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('a correlation id is a GUID of version 8, whatever it is made of', () => {
  fc.assert(fc.property(fc.string(), (text) => UUID_VERSION_8.test(correlationIdOf(text))));
});

it('equal texts have equal ids, others do not', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (one, other) => (one === other) === (correlationIdOf(one) === correlationIdOf(other)),
    ),
  );
});

const id = requestCorrelationId(given.request());

it.each([
  { label: 'the same request once more', request: given.request(), same: true },
  { label: 'the account in other letters', request: otherCase(), same: true },
  { label: 'another request id', request: given.request({ requestId: 'other' }), same: false },
  { label: 'another pool', request: given.request({ pool: { name: 'other' } }), same: false },
])('$label: the same id is $same', ({ request, same }) => {
  expect(requestCorrelationId(request) === id).toBe(same);
});

function otherCase() {
  const { pool } = given.request();
  return given.request({ pool: { batchAccountId: pool.batchAccountId.toUpperCase() } });
}

it('the fields of a line can be taken out again, one by one', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const value = fc.oneof(fc.integer(), fc.stringMatching(/^[\w./-]{1,20}$/));
  fc.assert(
    fc.property(fc.dictionary(name, value), (fields) => {
      const line = ` ${logFields(fields)} `;
      return Object.entries(fields).every(([key, item]) => line.includes(` ${key}=${item} `));
    }),
  );
});

it('a field that is not known is left out, and a blank ends no value', () => {
  expect(logFields({ code: 'Not Found', build: undefined, ms: 0, subject: '' })).toBe('code=Not_Found ms=0 subject=-');
});

it('an ARM id is told by its last two names', () => {
  expect(shortId(given.POOL)).toBe('pools/render-pool');
  expect(shortId('image-build-requests')).toBe('image-build-requests');
});
