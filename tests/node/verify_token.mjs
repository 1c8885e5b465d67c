// Verifies an access token as somebody else would: by the key set alone, with a library that knows nothing of Patron.
//   ACCESS_TOKEN=... node verify_token.mjs KEY_SET_ADDRESS ISSUER AUDIENCE
import { createRemoteJWKSet, jwtVerify } from "jose";

const [address, issuer, audience] = process.argv.slice(2);
const { payload, protectedHeader } = await jwtVerify(process.env.ACCESS_TOKEN, createRemoteJWKSet(new URL(address)), { issuer, audience });
console.log(JSON.stringify({ payload, algorithm: protectedHeader.alg }));
