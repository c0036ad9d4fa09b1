import { randomUUID } from 'node:crypto';
import { readAddress, type Address } from '../../../local/bus/addresses';
import { draftOf } from '../../../local/bus/wireMessage';
import { aLockToken, aLong, tagOfToken, tokenBytes, tokenOfTag } from '../../../local/bus/wireValues';

describe('An address', () => {
  it.each<[unknown, Address]>([
    ['requests', { kind: 'queue', queue: 'requests' }],
    ['sb://127.0.0.1:5672/requests', { kind: 'queue', queue: 'requests' }],
    ['requests/$DeadLetterQueue', { kind: 'queue', queue: 'requests/$DeadLetterQueue' }],
    ['requests/$management', { kind: 'management', queue: 'requests' }],
    ['requests/$deadletterqueue/$management', { kind: 'management', queue: 'requests/$deadletterqueue' }],
    ['$cbs', { kind: 'authorization' }],
  ])('%s is understood', (text, meaning) => {
    expect(readAddress(text)).toEqual(meaning);
  });

  it.each([
    ['news/Subscriptions/mine'],
    ['news/Subscriptions/mine/$management'],
    ['q/$Transfer/$DeadLetterQueue'],
    [''],
    [null],
  ])('%s is not supported', (text) => {
    expect(readAddress(text).kind).toBe('unsupported');
  });
});

describe('A lock token', () => {
  it('is a Guid in .NET byte order as a delivery tag', () => {
    const token = '00112233-4455-6677-8899-aabbccddeeff';
    expect(tagOfToken(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  });

  it('comes back from a tag and from a management request', () => {
    const token = randomUUID();
    expect(tokenOfTag(tagOfToken(token))).toBe(token);
    expect(aLockToken.parse(tokenBytes(token))).toBe(token);
  });
});

describe('A long', () => {
  it.each([
    ['a number', 7, 7],
    ['eight bytes', Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]), 2 ** 32 + 2],
  ])('may arrive as %s', (_label, value, expected) => {
    expect(aLong.parse(value)).toBe(expected);
  });
});

describe('A draft', () => {
  it.each([
    ['of a Date', new Date(5_000), 5_000],
    ['of a number', 5_000, 5_000],
    ['of nothing', undefined, undefined],
  ])('takes its scheduled instant %s', (_label, instant, enqueueAtMs) => {
    expect(draftOf({ message_annotations: { 'x-opt-scheduled-enqueue-time': instant } })).toMatchObject({
      enqueueAtMs,
    });
  });

  it('tells apart ids that only look alike', () => {
    expect(draftOf({ message_id: 1 }).id).not.toBe(draftOf({ message_id: '1' }).id);
  });
});
