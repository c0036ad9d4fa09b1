/** What Event Grid delivers: every form that it comes in, what of it matters, and that no claim gets out of it. */
import * as fc from 'fast-check';
import type { ResourceChange } from '../../shared/domain/guard/change';
import { readResourceEvents, type ReadEvents } from '../../shared/resourceEvents';
import { ACCOUNT, DEFINITION, GALLERY, id, OTHER_SUBSCRIPTION, POOL, SUBSCRIPTION, VM } from '../given/build';
import { daysFromNow, MANAGED, NOW, SNAPSHOT, VERSION_ID, VHDS } from '../given/guard';
import * as given from '../given/resourceEvents';

const { cloudEvent, CORRELATION, gridEvent, notification, PRINCIPAL, resourceData } = given;
const read = (body: unknown): ReadEvents => readResourceEvents(body, [{ subscriptionId: SUBSCRIPTION }]);
const changesIn = (body: unknown): readonly ResourceChange[] => read(body).changes;

/** What the given deletion comes to. */
const DELETED: ResourceChange = {
  verb: 'deleted',
  resourceId: MANAGED,
  eventId: 'event-1',
  by: { objectId: PRINCIPAL, correlationId: CORRELATION, at: NOW },
};
const only = (changes: readonly ResourceChange[]): ReadEvents => ({ changes, ignored: [], problems: [] });

describe('a delivery', () => {
  const text = JSON.stringify(gridEvent());
  it.each([
    { form: 'one object', body: gridEvent() },
    { form: 'a list of one', body: [gridEvent()] },
    { form: 'text', body: text },
    { form: 'the text of a list', body: `[${text}]` },
    { form: 'text with a byte order mark', body: `\ufeff${text}` },
    { form: 'bytes', body: Buffer.from(text) },
    { form: 'bytes with a byte order mark', body: new TextEncoder().encode(`\ufeff${text}`) },
    { form: 'a CloudEvent', body: cloudEvent() },
    { form: 'a list of CloudEvents as bytes', body: Buffer.from(JSON.stringify([cloudEvent()])) },
  ])('is read as $form', ({ body }) => {
    expect(read(body)).toEqual(only([DELETED]));
  });

  it('of many events keeps their order, doubles included: their orchestration is one', () => {
    const snapshot = gridEvent(resourceData({ resourceUri: SNAPSHOT }), { id: 'event-2' });
    expect(changesIn([gridEvent(), snapshot, gridEvent()]).map(({ eventId }) => eventId)).toEqual([
      'event-1',
      'event-2',
      'event-1',
    ]);
  });

  it('of nothing is nothing', () => {
    expect(read([])).toEqual(only([]));
  });

  it.each([
    { what: 'no JSON', body: '{"id":', says: 'not JSON' },
    { what: 'nothing', body: '', says: 'not JSON' },
    { what: 'null', body: null, says: 'not an event: ' },
    { what: 'a number', body: 7, says: 'not an event: ' },
    { what: 'an event without an id', body: gridEvent(undefined, { id: undefined }), says: 'not an event: id' },
    {
      what: 'an event without a type',
      body: gridEvent(undefined, { eventType: undefined }),
      says: 'not an event: has neither eventType (EventGridSchema) nor type (CloudEvents)',
    },
    { what: 'a deletion without data', body: gridEvent(null), says: 'event event-1: data: ' },
    {
      what: 'a deletion of nothing',
      body: gridEvent(resourceData({ resourceUri: undefined }), { subject: undefined }),
      says: 'event event-1: names no resource (data.resourceUri, subject)',
    },
  ])('that is $what is a problem with a name', ({ body, says }) => {
    const { changes, problems } = read(body);
    expect(changes).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  it('loses no good event for a broken one beside it', () => {
    const { changes, problems } = read([{ id: 'event-0' }, gridEvent(), gridEvent('nothing', { id: 'event-2' })]);
    expect(changes).toEqual([DELETED]);
    expect(problems).toEqual([expect.stringContaining('not an event'), expect.stringContaining('event event-2: data')]);
  });

  it('breaks on nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), fc.string({ unit: 'binary' }), fc.uint8Array()), (body) => {
        expect(read(body).changes).toEqual([]);
      }),
    );
  });
});

describe('what happened', () => {
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images`;
  const told = (resourceUri: string, eventType = 'ResourceDeleteSuccess') =>
    read(
      gridEvent(resourceData({ resourceUri }), { eventType: `Microsoft.Resources.${eventType}`, subject: resourceUri }),
    );

  it.each([MANAGED, GALLERY, DEFINITION, VERSION_ID, SNAPSHOT, VHDS, ACCOUNT, POOL, group])(
    'deletes %s',
    (resourceId) => {
      expect(told(resourceId).changes).toMatchObject([{ verb: 'deleted', resourceId }]);
    },
  );

  it.each([MANAGED, DEFINITION, VERSION_ID, POOL])('writes %s', (resourceId) => {
    expect(told(resourceId, 'ResourceWriteSuccess').changes).toMatchObject([{ verb: 'written', resourceId }]);
  });

  it.each([
    { what: 'a VM was deleted', resourceId: VM, type: 'ResourceDeleteSuccess' },
    { what: 'an account was written', resourceId: ACCOUNT, type: 'ResourceWriteSuccess' },
    { what: 'a resource group was written', resourceId: group, type: 'ResourceWriteSuccess' },
    { what: 'an image was not deleted', resourceId: MANAGED, type: 'ResourceDeleteFailure' },
    { what: 'the deletion of an image was given up', resourceId: MANAGED, type: 'ResourceDeleteCancel' },
    { what: 'something was done to a pool', resourceId: POOL, type: 'ResourceActionSuccess' },
  ])('does not matter: $what', ({ resourceId, type }) => {
    const { changes, ignored, problems } = told(resourceId, type);
    expect([changes, problems]).toEqual([[], []]);
    expect(ignored).toHaveLength(1);
    expect(ignored[0]).toContain(`Microsoft.Resources.${type}`);
  });

  it.each([
    'Microsoft.EventGrid.SubscriptionValidationEvent',
    'Microsoft.EventGrid.SubscriptionDeletedEvent',
    'Microsoft.Storage.BlobCreated',
    'constructor',
  ])('is no matter of the guard: %s', (eventType) => {
    const data = { validationCode: 'a-code', eventSubscriptionId: group };
    expect(read(gridEvent(data, { eventType }))).toEqual({ changes: [], ignored: [eventType], problems: [] });
    expect(read(cloudEvent(undefined, { type: eventType })).ignored).toEqual([eventType]);
  });

  it('is ignored without any data', () => {
    expect(read({ id: 'event-1', type: 'com.example.other', specversion: '1.0', source: '/' })).toEqual({
      changes: [],
      ignored: ['com.example.other'],
      problems: [],
    });
  });

  it('is read whatever the case of its type', () => {
    expect(changesIn(gridEvent(undefined, { eventType: 'MICROSOFT.RESOURCES.RESOURCEDELETESUCCESS' }))).toEqual([
      DELETED,
    ]);
  });

  it('outside of the allow-list does not matter, and is told apart', () => {
    const elsewhere = id('rg-images', 'Microsoft.Compute/images/render-1', OTHER_SUBSCRIPTION);
    const body = [gridEvent(resourceData({ resourceUri: elsewhere })), gridEvent()];
    expect(read(body)).toEqual({
      changes: [DELETED],
      ignored: [`${elsewhere} is not on the allow-list`],
      problems: [],
    });
    const scopes = [{ subscriptionId: SUBSCRIPTION.toUpperCase(), resourceGroup: 'RG-IMAGES' }];
    expect(readResourceEvents([gridEvent(), gridEvent(resourceData({ resourceUri: POOL }))], scopes).changes).toEqual([
      DELETED,
    ]);
    expect(readResourceEvents(gridEvent(resourceData({ resourceUri: group })), scopes).changes).toHaveLength(1);
  });
});

describe('the resource', () => {
  it.each([
    { where: 'data.resourceUri, before the subject', body: gridEvent(undefined, { subject: SNAPSHOT }) },
    { where: 'the subject, when data does not say', body: gridEvent(resourceData({ resourceUri: undefined })) },
    { where: 'the subject, when data says nothing', body: gridEvent(resourceData({ resourceUri: null })) },
    {
      where: 'the subject, when data names no resource',
      body: gridEvent(resourceData({ resourceUri: `https://management.azure.com${MANAGED}` })),
    },
    { where: 'data.resourceInfo', body: notification('Deleted', { subject: 'render-1' }) },
  ])('is that of $where', ({ body }) => {
    expect(changesIn(body)).toMatchObject([{ verb: 'deleted', resourceId: MANAGED }]);
  });
});

describe('Resource Notifications', () => {
  it('tell of a deletion without saying by whom', () => {
    expect(read(notification())).toEqual(only([{ ...DELETED, by: { at: NOW } }]));
  });

  it('tell of what was written', () => {
    expect(changesIn(notification('CreatedOrUpdated'))).toMatchObject([{ verb: 'written', resourceId: MANAGED }]);
  });

  it('say when it happened, which is before they do', () => {
    expect(changesIn(notification('Deleted', { time: daysFromNow(1) }))).toMatchObject([{ by: { at: NOW } }]);
  });
});

describe('who did it', () => {
  const byOf = (changes: Readonly<Record<string, unknown>>) => changesIn(gridEvent(resourceData(changes)))[0]?.by;
  const withEvidence = (evidence: unknown) => ({ authorization: { evidence } });

  it.each([
    { label: 'the principal of the evidence', data: { ...withEvidence({ principalId: PRINCIPAL }), claims: {} } },
    {
      label: 'the principal, written without hyphens',
      data: { ...withEvidence({ principalId: PRINCIPAL.replaceAll('-', '') }), claims: {} },
    },
    { label: 'the object id among the claims', data: withEvidence({ role: 'Contributor' }) },
    {
      label: 'the object id among the claims, though a group holds the role',
      data: withEvidence({ principalId: CORRELATION, principalType: 'Group' }),
    },
    {
      label: 'the object id among the claims, whoever holds the role',
      data: withEvidence({ principalId: CORRELATION }),
    },
    { label: 'the object id, when the evidence is text', data: { authorization: '{"action":"delete"}' } },
  ])('is $label', ({ data }) => {
    expect(byOf(data)).toEqual(DELETED.by);
  });

  it.each([
    { label: 'claims are text', data: { ...withEvidence({}), claims: 'somebody' } },
    {
      label: 'the object id is a name',
      data: {
        ...withEvidence({ principalId: 'ada@example.com' }),
        claims: { [given.OBJECT_ID_CLAIM]: 'ada@example.com' },
      },
    },
    {
      label: 'only a group holds the role',
      data: { ...withEvidence({ principalId: PRINCIPAL, principalType: 'Group' }), claims: {} },
    },
    { label: 'nothing says', data: { authorization: undefined, claims: undefined } },
    { label: 'both are null', data: { authorization: null, claims: null } },
  ])('is not known when $label', ({ data }) => {
    expect(byOf(data)).toEqual({ correlationId: CORRELATION, at: NOW });
  });

  it.each([undefined, null, 7, 'x'.repeat(200), 'ada@example.com'])(
    'is kept without a correlation id that is none: %s',
    (correlationId) => {
      expect(byOf({ correlationId })).toEqual({ objectId: PRINCIPAL, at: NOW });
    },
  );

  it('no text of the claims ever comes out, nor of the request and its evidence', () => {
    const secret = fc.stringMatching(/^[a-z]{6,12}$/).map((name) => `${name}@secret.example`);
    const claims = fc.dictionary(fc.constantFrom(...Object.keys(given.CLAIMS), 'email', 'groups'), secret);
    const bodies = fc
      .tuple(claims, secret)
      .map(([own, name]) => [
        gridEvent(resourceData({ claims: own, correlationId: name, httpRequest: { clientIpAddress: name } })),
        gridEvent(resourceData({ claims: own, authorization: { evidence: { principalId: name, role: name } } })),
        cloudEvent(resourceData({ claims: own, resourceUri: undefined }), { subject: undefined }),
        cloudEvent(resourceData({ claims: own }), { type: 'Microsoft.Resources.ResourceActionSuccess' }),
        gridEvent(resourceData({ claims: JSON.stringify(own) }), { id: undefined }),
        gridEvent(own),
      ]);
    fc.assert(
      fc.property(bodies, fc.nat(2), (body, form) => {
        const sent = [body, JSON.stringify(body), Buffer.from(JSON.stringify(body))][form];
        expect(JSON.stringify(read(sent))).not.toContain('secret');
      }),
    );
  });
});
