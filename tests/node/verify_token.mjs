// Verifies an access token as somebody else would: by the key set alone, with a library that knows nothing of Patron.
//   node verify_token.mjs KEY_SET_ADDRESS ISSUER AUDIENCE < TOKEN
import { readFileSync } from "node:fs";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [address, issuer, audience] = process.argv.slice(2);
const token = readFileSync(0, "utf8").trim();
const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(address)), { issuer, audience });
console.log(JSON.stringify({ payload, algorithm: protectedHeader.alg }));
