/** Images from the list of Resource Graph: what it has is taken, what it leaves out is asked for. */
import { stockImages, stockOf } from '../../../shared/azure/stockImages';
import { DEFINITION, id, missing, there } from '../../given/build';
import * as given from '../../given/guard';
import { imageReader } from '../../given/imageReader';

const { DATA_SNAPSHOT, MANAGED, SNAPSHOT, VERSION_ID } = given;
const LISTED = [given.version(), given.definition(), given.image(), given.snapshot()];
const spelled = (one: string): string => `${one.toUpperCase()}/`;

const over = (live = imageReader([])) => ({ live, images: stockImages(stockOf(LISTED), live) });

it('what is listed is there, however it is spelled, and nobody is asked', async () => {
  const { live, images } = over();
  expect(await images.version(spelled(VERSION_ID))).toEqual(there(given.version()));
  expect(await images.image(spelled(MANAGED))).toEqual(there(given.image()));
  expect(await images.definition(spelled(DEFINITION))).toEqual(there(given.definition()));
  expect(await images.source(spelled(SNAPSHOT))).toEqual(there(null));
  expect(await images.source(MANAGED)).toEqual(there(null));
  expect(live.asked).toEqual([]);
});

it('the versions of a definition are those that are listed', async () => {
  const newer = given.version({ id: `${DEFINITION.toUpperCase()}/versions/2.0.0` });
  const other = given.version({ id: `${DEFINITION}-2/versions/1.0.0` });
  const live = imageReader([]);
  const images = stockImages(stockOf([given.version(), newer, other]), live);
  expect(await images.versionsOf(spelled(DEFINITION))).toEqual(there([given.version(), newer]));
  expect(live.asked).toEqual([]);
});

it.each([
  { what: 'version', ask: 'version', one: `${DEFINITION}/versions/2.0.0` },
  { what: 'managed image', ask: 'image', one: `${MANAGED}-2` },
  { what: 'definition', ask: 'definition', one: `${DEFINITION}-2` },
  { what: 'list of versions', ask: 'versionsOf', one: `${DEFINITION}-2` },
  { what: 'source', ask: 'source', one: DATA_SNAPSHOT },
  { what: 'disk, which is never listed', ask: 'source', one: id('rg-images', 'Microsoft.Compute/disks/os') },
] as const)('a $what that is not listed is asked for', async ({ ask, one }) => {
  const { live, images } = over();
  const answer = await images[ask](one);
  expect(live.asked).toEqual([`${ask} ${one}`]);
  if (ask !== 'versionsOf') expect(answer).toEqual(missing);
});

it('what is listed as something else is not taken for it', async () => {
  const { live, images } = over();
  expect(await images.image(VERSION_ID)).toEqual(missing);
  expect(live.asked).toEqual([`image ${VERSION_ID}`]);
});
