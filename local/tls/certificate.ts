/** A certificate for localhost that the stack's servers show and its clients trust, made once per folder. */
import { X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Of the certificate alone, for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
}

const VALID_DAYS = 825;
const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;

/** TLS is checked against the wall clock, whatever the stack's clock says. */
async function make(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

function split(pem: string): { key: string; cert: string } | undefined {
  const at = pem.indexOf('-----BEGIN CERTIFICATE-----');
  if (at <= 0) return undefined;
  const cert = pem.slice(at);
  const leftMs = Date.parse(new X509Certificate(cert).validTo) - Date.now();
  return leftMs > RENEW_DAYS * DAY_MS ? { key: pem.slice(0, at), cert } : undefined;
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Of all who make a pair now, the first to link its file wins. */
async function firstMade(file: string): Promise<{ key: string; cert: string }> {
  const made = await make();
  const draft = `${file}.${process.pid}.${crypto.randomUUID()}`;
  await writeFile(draft, `${made.key.trimEnd()}\n${made.cert}`, { mode: 0o600 });
  await link(draft, file).catch(() => undefined);
  await rm(draft, { force: true });
  return split(await textOf(file)) ?? made;
}

/** Key and certificate are one file, so that processes that start together agree on the pair that came first. */
export async function ensureCertificate(folder: string): Promise<Certificate> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'localhost.pem');
  const caFile = join(folder, 'localhost-ca.pem');
  const found = await textOf(file);
  // Only a pair that has run out goes: one that another process made in the meantime stays, and is taken below.
  if (found !== '' && split(found) === undefined) await rm(file, { force: true });
  const pair = split(found) ?? (await firstMade(file));
  if ((await textOf(caFile)) !== pair.cert) {
    const draft = `${caFile}.${process.pid}.${crypto.randomUUID()}`;
    await writeFile(draft, pair.cert);
    await rename(draft, caFile);
  }
  return { ...pair, caFile };
}
