// A key of this run, in the shape in which the provider wants it.
import { generateKeyPairSync, randomUUID } from 'node:crypto';

export const generateKeyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
export const exportJWK = (key) => ({ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomUUID() });
